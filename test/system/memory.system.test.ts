import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { useDovecotDesks } from '../faults/dovecot-desks.ts';
import { largeMail } from '../faults/mails.ts';
import { eventually } from '../support/processes.ts';

const { dovecot, deskOf } = useDovecotDesks();
const MB = 1024 * 1024;

/** Bytes of resident memory that a process has now, or had at most since it began (proc_pid_status(5)). */
async function memory(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}

test('ten messages of 50 MB are fetched with less than 300 MB over what an idle desk has', async () => {
  const desk = await deskOf('large', { MAX_MESSAGE_BYTES: '52000000' });
  const { process, running } = desk.launch();
  await running();
  const polled = async () => (await desk.query('select 1 from mailbox where last_polled_at is not null')).length === 1;
  await eventually('it has looked', polled, 60_000);
  const idle = await memory(process.pid ?? 0, 'VmRSS');
  for (let n = 0; n < 10; n++)
    await dovecot().deliver('large', largeMail({ id: `large${n}`, subject: `Large ${n}`, bytes: 50_000_000 }));
  const fetched = `select id from inbound_message where state <> 'discovered' and raw_size > 49000000`;
  await eventually('all ten are kept', async () => (await desk.query(fetched)).length === 10, 400_000);
  const most = await memory(process.pid ?? 0, 'VmHWM');
  console.log(`idle ${Math.round(idle / MB)} MB, at most ${Math.round(most / MB)} MB`);
  expect(most - idle).toBeLessThan(300 * MB);
});
