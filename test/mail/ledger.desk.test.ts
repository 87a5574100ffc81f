import pg from 'pg';
import { expect, test } from 'vitest';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { receiveMessage } from '../../src/mail/inbound/receive-message.ts';
import { sweep } from '../../src/mail/sweep.ts';
import { findBreaches } from '../support/invariants.ts';
import { useDesk } from '../support/desk.ts';
import { eventually } from '../support/processes.ts';
import { connected } from '../support/connected.ts';

const desk = useDesk();
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
let turn = 0;

const mailAbout = (subject: string) =>
  `From: ana@maravia.example\nTo: support@localhost\nSubject: ${subject}\nMessage-ID: <l${++turn}@maravia.example>\n\n${subject}\n`;

/** Fetched messages that nobody has ingested yet. */
const receiveAll = (subjects: readonly string[]) => keepAll(subjects.map(mailAbout));

async function keepAll(mails: readonly string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const mail of mails) {
    const raw = await desk().blobs.put(Buffer.from(mail, 'latin1'));
    const given = {
      mailboxId: desk().mailbox.id,
      sourceKey: `ledger:${++turn}`,
      raw,
      envelopeFrom: null,
      envelopeTo: null,
      quiet: true,
      wake: false,
    };
    ids.push((await desk().transaction((tx) => receiveMessage(tx, given))).id);
  }
  return ids;
}

/** A fault in the database that a message of this subject runs into. */
async function poison(subject: string): Promise<() => Promise<void>> {
  const owner = new pg.Client(desk().databaseOwnerUrl);
  await owner.connect();
  await owner.query(`create or replace function poison() returns trigger language plpgsql as $$
    begin if new.subject = '${subject}' then raise exception 'poisoned'; end if; return new; end $$`);
  await owner.query('create trigger poison before insert on ticket for each row execute function poison()');
  return async () => {
    await owner.query('drop trigger poison on ticket');
    await owner.end();
  };
}

test('one message of fifty that cannot be applied holds nobody: it is tried again later, and eight times in all', async () => {
  const subjects = Array.from({ length: 50 }, (_, i) => `Batch ${i}`);
  const ids = await receiveAll(subjects);
  const heal = await poison('Batch 20');
  await ingestMessages(desk().ingest, ids);
  expect(await query(`select count(*)::int as n from ticket where subject like 'Batch %'`)).toEqual([{ n: 49 }]);
  const bad = ids[20] ?? 0;
  const state = () =>
    query<Record<string, unknown>>(
      `select state, attempts, last_error, reason, next_at > now() + interval '50 seconds' as later from inbound_message where id = ?`,
      [bad],
    );
  expect(await state()).toMatchObject([
    { state: 'fetched', attempts: 1, last_error: expect.stringContaining('poisoned'), later: true },
  ]);

  for (let i = 2; i <= 8; i++) await ingestMessages(desk().ingest, [bad]);
  expect(await state()).toMatchObject([
    { state: 'quarantined', attempts: 8, reason: expect.stringContaining('failed 8 times') },
  ]);
  await heal();
});

test('a fault that passes leaves no trace: the message is applied when its time has come', async () => {
  const [id = 0] = await receiveAll(['Passing']);
  const heal = await poison('Passing');
  await ingestMessages(desk().ingest, [id]);
  const due = async (seconds: number) => {
    await query('delete from pgboss.job');
    const later = new Date(Date.now() + seconds * 1000);
    await desk().transaction((tx) => sweep({ ...tx, now: later }, 0));
    return (await jobsOf('ingest-messages')).includes(id);
  };
  expect(await due(50)).toBe(false);
  expect(await due(70)).toBe(true);
  await heal();
  await ingestMessages(desk().ingest, [id]);
  expect(await query('select state, attempts from inbound_message where id = ?', [id])).toEqual([
    { state: 'applied', attempts: 1 },
  ]);
  expect(await query(`select count(*)::int as n from ticket where subject = 'Passing'`)).toEqual([{ n: 1 }]);
});

test('each failure waits twice as long as the one before, at most an hour', async () => {
  const [id = 0] = await receiveAll(['Patience']);
  const heal = await poison('Patience');
  const waits: number[] = [];
  for (let n = 0; n < 7; n++) {
    await ingestMessages(desk().ingest, [id]);
    const [row] = await query<{ minutes: number }>(
      `select round(extract(epoch from next_at - now()) / 60)::int as minutes from inbound_message where id = ?`,
      [id],
    );
    waits.push(row?.minutes ?? 0);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60]);
  await heal();
  await ingestMessages(desk().ingest, [id]);
});

test('P1: a message that the database cannot even look up takes nobody along, and waits for a person in the end', async () => {
  const unspeakable = `From: nul@maravia.example\nMessage-ID: <a\0b@maravia.example>\nSubject: NUL\n\nx\n`;
  const ids = await keepAll([mailAbout('Before it'), unspeakable, mailAbout('Behind it')]);
  for (let n = 0; n < 8; n++) await ingestMessages(desk().ingest, ids);
  const states = await query<{ state: string }>('select state from inbound_message where id in (?) order by id', [ids]);
  expect(states[0]).toEqual({ state: 'applied' });
  expect(states[2]).toEqual({ state: 'applied' });
  expect(states[1]?.state).toMatch(/^(applied|quarantined)$/);
});

test('a message whose bytes cannot be read now is left for later, and the others go on', async () => {
  const [lost = 0, fine = 0] = await receiveAll(['Lost bytes', 'Fine bytes']);
  await query(`update inbound_message set raw_sha256 = ? where id = ?`, ['0'.repeat(64), lost]);
  await ingestMessages(desk().ingest, [lost, fine]);
  expect(
    await query('select state, attempts from inbound_message where id in (?) order by id', [[lost, fine]]),
  ).toEqual([
    { state: 'fetched', attempts: 1 },
    { state: 'applied', attempts: 0 },
  ]);
  const { sha256 } = await desk().blobs.put(Buffer.from(mailAbout('Lost bytes')));
  await query(`update inbound_message set raw_sha256 = ? where id = ?`, [sha256, lost]);
  await ingestMessages(desk().ingest, [lost]);
});

test('M20: the same fifty by two workers at once, and then again, are fifty tickets', async () => {
  const ids = await receiveAll(Array.from({ length: 50 }, (_, n) => `Race ${n}`));
  await Promise.all([
    ingestMessages(desk().ingest, ids),
    ingestMessages(desk().ingest, ids.toReversed()),
    ingestMessages(desk().ingest, ids.slice(10, 40)),
  ]);
  const before = await fingerprint();
  await ingestMessages(desk().ingest, ids);
  expect(await fingerprint()).toEqual(before);
  expect(
    await query(
      `select count(*)::int as tickets, count(distinct subject)::int as subjects from ticket where subject like 'Race %'`,
    ),
  ).toEqual([{ tickets: 50, subjects: 50 }]);
  expect(await query(`select id from inbound_message where state = 'fetched'`)).toEqual([]);
});

/** All that a second run could change. */
const fingerprint = () =>
  query(`select (select count(*) from ticket) as tickets, (select count(*) from comment) as comments, (select count(*) from ticket_event) as events,
    (select count(*) from outbound_message) as sent, (select max(finished_at) from inbound_message) as finished, (select count(*) from mail_message) as messages`);

test('M20: a worker that comes to what another has just done leaves it as it is', async () => {
  const ids = await receiveAll(['Late', 'Later']);
  const { ingest } = desk();
  const late: typeof ingest = {
    ...ingest,
    async parse(...given) {
      const result = await ingest.parse(...given);
      await ingestMessages(ingest, ids); // the other one is faster
      return result;
    },
  };
  await ingestMessages(late, ids);
  expect(await query('select state, decision, attempts from inbound_message where id in (?)', [ids])).toEqual(
    ids.map(() => ({ state: 'applied', decision: 'open-ticket', attempts: 0 })),
  );
});

test("two workers that meet the same forty strangers in opposite orders do not stand in each other's way", async () => {
  const from = (i: number) =>
    `From: stranger${i}@maravia.example\nSubject: Hello\nMessage-ID: <l${++turn}@maravia.example>\n\nHello from ${turn}.\n`;
  const strangers = Array.from({ length: 40 }, (_, i) => i);
  const one = await keepAll(strangers.map(from));
  const other = await keepAll(strangers.toReversed().map(from));
  const warned: unknown[] = [];
  const log = { ...desk().ingest.log, warn: (...given: unknown[]) => void warned.push(given) };
  const ingest = { ...desk().ingest, log: log };
  await Promise.all([ingestMessages(ingest, one), ingestMessages(ingest, other)]);
  expect(warned).toEqual([]);
  expect(await query(`select count(*)::int as n from employee where email like 'stranger%'`)).toEqual([{ n: 40 }]);
});

test('M42: three answers to one ticket at once are three comments, and its counters are right', async () => {
  const opening = mailAbout('Crowded');
  const [id = 0] = await keepAll([opening]);
  await ingestMessages(desk().ingest, [id]);
  const [, messageId = ''] = /Message-ID: (\S+)/.exec(opening) ?? [];
  const answers = await keepAll(
    [1, 2, 3].map((n) => mailAbout(`Re: Crowded ${n}`).replace('\n\n', `\nIn-Reply-To: ${messageId}\n\n`)),
  );
  await Promise.all(answers.map((answer) => ingestMessages(desk().ingest, [answer])));
  expect(
    await query(
      `select t.comment_count, (select count(*)::int from comment c where c.ticket_id = t.id) as comments from ticket t where subject = 'Crowded'`,
    ),
  ).toEqual([{ comment_count: 4, comments: 4 }]);
});

test('a reply before its original finds it within the same batch, whoever comes first', async () => {
  const original = mailAbout('Original');
  const [, messageId = ''] = /Message-ID: (\S+)/.exec(original) ?? [];
  const reply = mailAbout('Re: Original').replace('\n\n', `\nReferences: ${messageId}\n\n`);
  const ids = await keepAll([original, reply]);
  await ingestMessages(desk().ingest, ids);
  expect(await query(`select decision from inbound_message where id in (?) order by id`, [ids])).toEqual([
    { decision: 'open-ticket' },
    { decision: 'add-comment' },
  ]);
});

test('M53: with the job table wiped, the sweeper finds every row that is due, and no other', async () => {
  const ids = await receiveAll(['Forgotten', 'Forgotten too']);
  await query('delete from pgboss.job');
  await desk().transaction((tx) => sweep(tx));
  expect(await jobsOf('ingest-messages')).toEqual([]);
  const [first] = ids;
  await query(`update inbound_message set next_at = now() - interval '21 seconds' where id = ?`, [first]);
  await desk().transaction((tx) => sweep(tx));
  expect(await jobsOf('ingest-messages')).toEqual([first]);
  await query('delete from pgboss.job');
  await desk().transaction((tx) => sweep(tx, 0));
  expect(await jobsOf('ingest-messages')).toEqual(ids);
  await query('delete from pgboss.job');
  await ingestMessages(desk().ingest, ids);
  await desk().transaction((tx) => sweep(tx, 0));
  expect(await jobsOf('ingest-messages')).toEqual([]);
});

async function jobsOf(queue: string): Promise<number[]> {
  const jobs = await query<{ data: { ids: number[] } }>('select data from pgboss.job where name = ?', [queue]);
  return jobs.flatMap(({ data }) => data.ids).sort((a, b) => a - b);
}

test('M53: a worker that starts on wiped jobs does all that was left, mails included', async () => {
  const waiting = await keepAll([
    `From: Wanda <wanda@maravia.example>\nTo: support@localhost\nSubject: Wiped\nMessage-ID: <wiped@maravia.example>\n\nx\n`,
  ]);
  await query('update inbound_message set quiet = false where id in (?)', [waiting]);
  await query('delete from pgboss.job');
  const worker = await desk().startWorker();
  try {
    await eventually('the acknowledgement', () =>
      desk().caught.mails.some(({ to }) => to.includes('wanda@maravia.example')),
    );
  } finally {
    await worker.stop();
  }
});

test('a row is told by its database what it may be', async () => {
  const [id = 0] = await receiveAll(['Checked']);
  for (const wrong of [
    `state = 'applied'`,
    `state = 'quarantined', reason = 'x'`,
    `raw_sha256 = null`,
    `state = 'lost'`,
    `decision = 'delete'`,
    `trust = 'T9'`,
  ])
    await expect(query(`update inbound_message set ${wrong} where id = ?`, [id]), wrong).rejects.toThrow(
      /check constraint/,
    );
  await ingestMessages(desk().ingest, [id]);
});

test('a job exists if and only if its transaction commits', async () => {
  await query(`delete from pgboss.job`);
  const jobs = async () => (await jobsOf('send-messages')).length;
  const failing = desk().transaction((tx) => {
    tx.wake('send-messages', 1);
    return Promise.reject(new Error('roll back'));
  });
  await expect(failing).rejects.toThrow('roll back');
  expect(await jobs()).toBe(0);
  await desk().transaction((tx) => Promise.resolve(tx.wake('send-messages', 1)));
  expect(await jobs()).toBe(1);
});

test('what is left satisfies every invariant', async () => {
  const { databaseUrl, config } = desk();
  const breaches = await connected(databaseUrl, (client) => findBreaches(client, config.dataDir));
  expect(breaches).toEqual([]);
});

test('the app role cannot change the schema', async () => {
  await expect(query('drop table comment')).rejects.toThrow(/must be owner/);
  await expect(query('create table mine (id int)')).rejects.toThrow(/permission denied/);
});
