import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { useDovecotDesks } from './dovecot-desks.ts';
import { shortMail } from './mails.ts';
import { surviveRandomKills } from './random-kills.ts';

const { dovecot, deskOf } = useDovecotDesks();

test.concurrent.each([Number(process.env['SEED'] ?? 1), randomInt(2 ** 31)])(
  'M19 on IMAP, seed %i: kill -9 again and again while 200 messages arrive: none is lost, none is doubled',
  async (seed) => {
    const user = `seed${seed}`;
    const deliver = (raw: string) => dovecot().deliver(user, raw);
    const held = async () => (await dovecot().flags(user)).size;
    await surviveRandomKills({ desk: await deskOf(user), deliver, held }, seed);
  },
  400_000,
);

test.concurrent(
  'of two workers exactly one reads a mailbox, and another goes on within 30 s of its kill',
  async () => {
    const user = 'two-workers';
    const desk = await deskOf(user, { SMTP_DROP_PORT: '0' });
    const workers = [desk.launch(undefined, 'worker'), desk.launch(undefined, 'worker')];
    await Promise.all(workers.map((worker) => worker.running()));
    const lease = async () =>
      (
        await desk.query<{ holder: string | null; taken: Date }>(
          `select lease_holder as holder, lease_until - interval '20 seconds' as taken from mailbox`,
        )
      )[0];
    const pidOf = (holder: string | null | undefined) => Number(holder?.split('|')[2] ?? 0);
    const reads = async (subject: string) => {
      await dovecot().deliver(user, shortMail({ id: subject, subject }));
      await eventually(
        `the ticket ${subject}`,
        async () => (await desk.query(`select id from ticket where subject = '${subject}'`)).length === 1,
        90_000,
      );
      expect((await dovecot().doveadm('who', '-1', user)).trim().split('\n')).toHaveLength(1 + 1); // a head line, a session
    };
    /** Kills whoever has it, and gives the seconds until another one took it. */
    const takeover = async (leave: (holder: string) => Promise<unknown>) => {
      const before = pidOf((await lease())?.holder);
      const holder = workers.find(({ process }) => process.pid === before);
      holder?.process.kill('SIGKILL');
      await holder?.ended;
      const [killed] = await desk.query<{ now: Date }>('select now()');
      await leave((await lease())?.holder ?? '');
      const taken = await eventually(
        'another has it',
        async () => {
          const now = await lease();
          return now && pidOf(now.holder) !== before && !now.holder?.startsWith('elsewhere') ? now.taken : null;
        },
        90_000,
      );
      return (taken.getTime() - (killed?.now.getTime() ?? 0)) / 1000;
    };
    await eventually('one of them has it', async () => pidOf((await lease())?.holder) > 0, 90_000);
    await reads('First');

    // On the same machine the death is seen.
    expect(await takeover(() => Promise.resolve())).toBeLessThan(30);
    await reads('Second');

    // Of another machine nothing is known: its lease has to run out.
    const third = desk.launch(undefined, 'worker');
    workers.push(third);
    await third.running();
    const elsewhere = (holder: string) =>
      desk.query(
        `update mailbox set lease_holder = 'elsewhere|${holder.split('|').slice(1).join('|')}' where lease_holder = '${holder}'`,
      );
    expect(await takeover(elsewhere)).toBeLessThan(30);
    await reads('Third');
  },
  400_000,
);
