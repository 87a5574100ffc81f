import pg from 'pg';
import { expect, test } from 'vitest';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { receiveMessage } from '../../src/mail/inbound/receive-message.ts';
import { sweep } from '../../src/mail/sweep.ts';
import { findBreaches } from '../support/invariants.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk();
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
let turn = 0;

/** Fetched messages that nobody has ingested yet. */
async function receiveAll(subjects: readonly string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const subject of subjects) {
    const raw = await desk().blobs.put(
      Buffer.from(
        `From: ana@maravia.example\nTo: support@localhost\nSubject: ${subject}\nMessage-ID: <l${++turn}@maravia.example>\n\n${subject}\n`,
      ),
    );
    const given = {
      mailboxId: desk().mailbox.id,
      sourceKey: `ledger:${turn}`,
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

test('ingesting twice, or by two workers at once, applies once', async () => {
  const ids = await receiveAll(['Twice']);
  await Promise.all([ingestMessages(desk().ingest, ids), ingestMessages(desk().ingest, ids)]);
  await ingestMessages(desk().ingest, ids);
  expect(await query(`select count(*)::int as n from ticket where subject = 'Twice'`)).toEqual([{ n: 1 }]);
});

test('M53: with the job table wiped, the sweeper finds every row that is due', async () => {
  const ids = await receiveAll(['Forgotten']);
  await query('delete from pgboss.job');
  await desk().transaction((tx) => sweep(tx, 0));
  const jobs = await query<{ data: { ids: number[] } }>(`select data from pgboss.job where name = 'ingest-messages'`);
  expect(jobs.flatMap(({ data }) => data.ids)).toEqual(expect.arrayContaining(ids));
  await ingestMessages(desk().ingest, ids);
});

test('a job exists if and only if its transaction commits', async () => {
  const jobs = async () => (await query(`select 1 from pgboss.job where name = 'send-messages'`)).length;
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
  const client = new pg.Client(desk().databaseUrl);
  await client.connect();
  expect(await findBreaches(client, desk().config.dataDir)).toEqual([]);
  await client.end();
});

test('the app role cannot change the schema', async () => {
  await expect(query('drop table comment')).rejects.toThrow(/must be owner/);
  await expect(query('create table mine (id int)')).rejects.toThrow(/permission denied/);
});
