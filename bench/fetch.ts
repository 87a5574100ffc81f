import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchMessages } from '../src/mail/inbound/fetch-messages.ts';
import { pollMailbox } from '../src/mail/inbound/poll-mailbox.ts';
import { Mailbox } from '../src/mail/mailbox.ts';
import { imapSource } from '../src/mail/sources/imap-source.ts';
import { readImapUrl } from '../src/mail/sources/imap/options.ts';
import type { MailTransport } from '../src/mail/transports/transport.ts';
import { startDnsServer } from '../test/support/dns-server.ts';
import { DOVECOT_PASSWORD, startDovecot, type Dovecot } from '../test/support/dovecot.ts';
import { startBenchDesk, type BenchDesk } from './bench-desk.ts';
import { fetchFloor } from './fetch-floor.ts';
import { fetchMemory } from './fetch-memory.ts';
import { noticeTimes } from './fetch-notice.ts';
import { median, percentile, round } from './figures.ts';
import { generateMail } from './generate-mail.ts';

const TARGETS = { ratio: 0.5, noticeMs: 1000, memory: 300 * 1024 * 1024 };

/**
 * A Dovecot (Debian: dovecot-imapd) is read into the ledger, beside the floor of this machine in the same run: the same messages written, fsynced
 * and inserted without IMAP. Then the time from a notice of the server to the ticket in the API, and the memory that ten messages of 50 MB take.
 */
export async function benchFetch(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string' }, rounds: { type: 'string' }, short: { type: 'boolean' } },
  });
  const count = Number(values.count ?? (values.short ? 500 : 2000));
  const rounds = Number(values.rounds ?? 3);
  const dovecot = await startDovecot();
  const dns = await startDnsServer(); // answers at once
  const dir = await mkdtemp(join(tmpdir(), 'smartsupport-bench-'));
  const bench = await startBenchDesk(swallow, {
    ...{ IMAP_URL: dovecot.url('notice'), IMAP_HISTORY: 'live', DNS_SERVERS: dns.address, RATE_LIMIT_FACTOR: '1000' },
  });
  try {
    const missed = [
      await ratioOf(bench, dovecot, dir, { count, rounds }),
      await reportNotices(bench, dovecot, values.short ? 20 : 100),
      await reportMemory(bench, dovecot, dir),
    ];
    if (missed.includes(true)) process.exitCode = 1;
  } finally {
    await bench.stop();
    await dns.stop();
    await dovecot.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Nothing leaves this machine. */
const swallow: MailTransport = {
  send: () => Promise.resolve({ kind: 'sent', response: '250 swallowed' }),
  close: () => Promise.resolve(),
};

async function ratioOf(
  bench: BenchDesk,
  dovecot: Dovecot,
  dir: string,
  { count, rounds }: { count: number; rounds: number },
): Promise<boolean> {
  const rates: { own: number; floor: number }[] = [];
  for (let turn = 0; turn < rounds; turn++) {
    const mails = [...generateMail({ count, run: `f${turn}`, to: 'support@desk.example' })];
    await fill(dovecot, `round${turn}`, mails);
    const own = count / (await timed(() => fetchAll(bench, dovecot, `round${turn}`, count)));
    const floor = count / (await timed(() => fetchFloor(bench.databaseUrl, join(dir, 'floor'), mails, turn)));
    rates.push({ own, floor });
    console.log(
      `round ${turn + 1}: from Dovecot ${round(own)} mails/s, floor ${round(floor)} mails/s, ratio ${round(own / floor, 2)}`,
    );
  }
  const ratio = median(rates.map(({ own, floor }) => own / floor));
  const [own, floor] = [median(rates.map((rate) => rate.own)), median(rates.map((rate) => rate.floor))];
  console.log(
    `fetch: ${round(own)} mails/s from Dovecot into the ledger; floor ${round(floor)} mails/s; ratio ${round(ratio, 2)}`,
  );
  return isMissed(ratio < TARGETS.ratio, `The ratio is below ${TARGETS.ratio}.`);
}

/** As a mail server delivers: the messages are there, and Dovecot has looked at them. */
async function fill(dovecot: Dovecot, user: string, mails: readonly Buffer[]): Promise<void> {
  await dovecot.deliver(user, mails[0] ?? '');
  for (let at = 1; at < mails.length; at += 100)
    await Promise.all(mails.slice(at, at + 100).map((raw) => dovecot.deliver(user, raw)));
  await dovecot.doveadm('fetch', '-u', user, 'size.physical', 'mailbox', 'INBOX', 'all');
}

/** Everything that a first reading does: sign in, list, ledger rows, and the bytes of each message. */
async function fetchAll({ desk }: BenchDesk, dovecot: Dovecot, user: string, count: number): Promise<void> {
  const { password: _, ...place } = readImapUrl(dovecot.url(user));
  const source = imapSource({ ...place, auth: { password: DOVECOT_PASSWORD }, maxBytes: desk.watch.maxMessageBytes });
  const mailbox = await desk.transaction(async (tx) => {
    const [row] = await tx.em.execute<{ id: string }[]>(
      `insert into mailbox (name, address, source, history, enabled, created_at) values (?, ?, 'imap', 'quiet', false, ?) returning id`,
      [user, `${user}@desk.example`, tx.now],
    );
    return tx.em.findOneOrFail(Mailbox, Number(row?.id));
  });
  const { state, found } = await pollMailbox(desk.transaction, mailbox, source);
  while ((await fetchMessages(desk.watch, state, source)).more);
  await source.close?.();
  const [kept] = await desk.transaction((tx) =>
    tx.em.execute<{ n: number }[]>(
      `select count(*)::int as n from inbound_message where state = 'fetched' and mailbox_id = ?`,
      [mailbox.id],
    ),
  );
  if (found !== count || kept?.n !== count)
    throw new Error(`Of ${count} messages ${found} were found and ${kept?.n} kept`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function reportNotices(bench: BenchDesk, dovecot: Dovecot, count: number): Promise<boolean> {
  // What was only fetched is no work for the desk whose times are taken.
  await bench.desk.transaction((tx) =>
    tx.em.execute(
      `update inbound_message set state = 'suppressed', decision = 'suppress', reason = 'bench', finished_at = now() where state = 'fetched'`,
    ),
  );
  await bench.desk.transaction((tx) => tx.em.execute('delete from pgboss.job'));
  const times = await noticeTimes(bench, dovecot, count);
  const [middle, p95] = [median(times), percentile(times, 95)];
  console.log(
    `notice: ticket in the API ${round(middle)} ms after the server's notice in the middle, p95 ${round(p95)} ms (${count} mails)`,
  );
  return isMissed(p95 >= TARGETS.noticeMs, `The p95 is not below ${TARGETS.noticeMs} ms.`);
}

async function reportMemory(bench: BenchDesk, dovecot: Dovecot, dir: string): Promise<boolean> {
  const over = await fetchMemory(dovecot, bench.databaseUrl, join(dir, 'worker'));
  console.log(`memory: ten messages of 50 MB take ${round(over / 1024 / 1024)} MB over idle`);
  return isMissed(over >= TARGETS.memory, `That is not below ${TARGETS.memory / 1024 / 1024} MB.`);
}

function isMissed(missed: boolean, words: string): boolean {
  if (missed) console.error(words);
  return missed;
}
