import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DONE_KEYWORD } from '../../src/mail/sources/imap-source.ts';
import { startDnsServer, type DnsServer } from '../support/dns-server.ts';
import { startDovecot, type Dovecot } from '../support/dovecot.ts';
import { eventually } from '../support/processes.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';
import { mailWithFile, shortMail } from './mails.ts';

const newDesk = useFaultDesks();
let dovecot: Dovecot;
let dns: DnsServer;
beforeAll(async () => {
  dovecot = await startDovecot();
  dns = await startDnsServer({}); // answers at once: nobody publishes anything
});
afterAll(async () => {
  await dovecot?.stop();
  await dns?.stop();
});

const MESSAGES = 200;
const SECONDS = 60;
const LEAST_KILLS = 5;

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Mail as it comes: some of it long, some of it twice. */
function* mails(throwDice: () => number): Generator<{ raw: string; subject: string; repeated: boolean }> {
  for (let n = 0; n < MESSAGES; n++) {
    const subject = `Message ${n}`;
    const given = { id: `r${n}`, subject };
    const kind = throwDice();
    const raw = kind < 0.2 ? mailWithFile(given) : shortMail(given);
    yield { raw, subject, repeated: kind > 0.9 };
  }
}

async function arrive(user: string, throwDice: () => number): Promise<string[]> {
  const subjects: string[] = [];
  for (const { raw, subject, repeated } of mails(throwDice)) {
    await dovecot.deliver(user, raw);
    if (repeated) await dovecot.deliver(user, raw);
    subjects.push(subject);
    await pause((SECONDS * 1000 * throwDice() * 2) / MESSAGES);
  }
  return subjects;
}

/** Starts it and kills it within two seconds of work, again and again; a slow machine gets more time for fewer kills. */
async function killAgainAndAgain(desk: FaultDesk, throwDice: () => number): Promise<void> {
  const until = performance.now() + SECONDS * 1000;
  for (let kills = 0; performance.now() < until || kills < LEAST_KILLS; kills++) {
    const launched = desk.launch();
    await launched.running();
    await pause(2000 * throwDice());
    launched.process.kill('SIGKILL');
    await launched.ended;
    const breaches = await desk.breaches(false);
    if (breaches.length > 0) throw new Error(`After kill ${kills}: ${breaches.join('\n')}`);
  }
}

test.concurrent.each([Number(process.env['SEED'] ?? 1), randomInt(2 ** 31)])(
  'M19 on IMAP, seed %i: kill -9 again and again while 200 messages arrive: none is lost, none is doubled',
  async (seed) => {
    const user = `seed${seed}`;
    const desk = await newDesk({ IMAP_URL: dovecot.url(user), IMAP_HISTORY: 'live', DNS_SERVERS: dns.address }, () =>
      dovecot.keysWith(user, DONE_KEYWORD),
    );
    const [subjects] = await Promise.all([arrive(user, dice(seed)), killAgainAndAgain(desk, dice(seed + 1))]);
    const arrived = (await dovecot.flags(user)).size;
    await desk.recover(async () => {
      const [row] = await desk.query<{ n: number }>('select count(*)::int as n from inbound_message');
      return row?.n === arrived;
    });
    const others = `select state, reason, last_error, attempts, subject from inbound_message where state <> 'applied' and reason not like 'duplicate:%'`;
    expect(await desk.query(others)).toEqual([]);
    const tickets = await desk.query<{ subject: string }>('select subject from ticket');
    expect(tickets.map(({ subject }) => subject).toSorted()).toEqual(subjects.toSorted());
  },
  400_000,
);

test.concurrent(
  'of two workers exactly one reads a mailbox, and another goes on within 30 s of its kill',
  async () => {
    const user = 'two-workers';
    const desk = await newDesk({
      IMAP_URL: dovecot.url(user),
      IMAP_HISTORY: 'live',
      DNS_SERVERS: dns.address,
      SMTP_DROP_PORT: '0',
    });
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
      await dovecot.deliver(user, shortMail({ id: subject, subject }));
      await eventually(
        `the ticket ${subject}`,
        async () => (await desk.query(`select id from ticket where subject = '${subject}'`)).length === 1,
        90_000,
      );
      expect((await dovecot.doveadm('who', '-1', user)).trim().split('\n')).toHaveLength(1 + 1); // a head line, a session
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
