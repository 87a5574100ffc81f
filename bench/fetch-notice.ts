import { createAccount } from '../src/people/sign-in.ts';
import { shortMail } from '../test/faults/mails.ts';
import { client } from '../test/support/client.ts';
import type { Dovecot } from '../test/support/dovecot.ts';
import { eventually } from '../test/support/processes.ts';
import type { BenchDesk } from './bench-desk.ts';

const USER = 'notice';

/**
 * Milliseconds from the moment at which the server told of a new message (IDLE) until its ticket stands in the answer of the API, mail by mail,
 * with web and worker at work. Each ticket is asked for again and again, as a browser would not.
 */
export async function noticeTimes({ desk }: BenchDesk, dovecot: Dovecot, count: number): Promise<number[]> {
  let noticed = 0;
  const { sourceOf } = desk.watch;
  desk.watch.sourceOf = (mailbox) => {
    const source = sourceOf(mailbox);
    const heard = (tell: () => void) => () => {
      noticed ||= performance.now();
      tell();
    };
    return { ...source, onNews: (tell) => source.onNews?.(heard(tell)) };
  };
  await dovecot.deliver(USER, shortMail({ id: 'notice', subject: 'Warm up' }));
  const account = { email: 'bench@desk.example', password: 'correct horse battery' };
  await createAccount(desk.transaction, { ...account, role: 'coordinator', firstName: 'Bench', lastName: 'Mark' });
  const web = await desk.startWeb(0, '127.0.0.1');
  const worker = await desk.startWorker();
  try {
    const url = `http://127.0.0.1:${web.port}`;
    const signedIn = await client(url).post('/api/token/admin', account);
    const staff = client(url, String(signedIn.body['access']));
    const shown = async (subject: string) =>
      JSON.stringify((await staff.get('/api/tickets?limit=5')).body).includes(`"${subject}"`);
    await eventually('the first one', () => shown('Warm up'), 60_000);
    const times: number[] = [];
    for (let n = 0; n < count; n++) {
      noticed = 0;
      const subject = `Notice ${n} of ${count}`;
      await dovecot.deliver(USER, shortMail({ id: `notice${n}`, subject }));
      await eventually(subject, () => shown(subject), 70_000);
      times.push(performance.now() - noticed);
    }
    return times;
  } finally {
    await worker.stop();
    await web.stop();
  }
}
