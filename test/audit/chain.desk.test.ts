import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { auditHash } from '../../src/db/audit-chain.ts';
import { readAuditHead } from '../../src/db/read-audit-head.ts';
import { verifyAudit } from '../../src/db/verify-audit.ts';
import { onDatabase } from '../support/database.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk();
/** Whom nothing stops: not rights, and not the trigger. */
let superuser: pg.Client;
beforeAll(async () => {
  superuser = new pg.Client(onDatabase(inject('postgres').adminUrl, new URL(desk().databaseUrl).pathname.slice(1)));
  await superuser.connect();
  await superuser.query('set session_replication_role = replica');
});
afterAll(() => superuser.end());

const write = (action: string, data: Record<string, number | string> = {}) =>
  desk().transaction(async (tx) => tx.audit({ action, actorId: null, subject: { type: 'employee', id: 7 }, data }));
const verify = (heads: Parameters<typeof verifyAudit>[1] = []) => verifyAudit(desk().transaction, heads);
const head = () => desk().transaction(readAuditHead);

beforeEach(async () => {
  await superuser.query(`truncate audit_entry; update audit_head set last_id = 0, row_hash = repeat('0', 64)`);
  for (let n = 1; n <= 9; n++) await write('employee.approved', { n });
});

test('T35: twenty writers at once leave one chain without a gap, and a transaction that fails leaves nothing in it', async () => {
  const work = Array.from({ length: 20 }, async (_, writer) => {
    for (let n = 0; n < 5; n++) await write('employee.changed', { writer, n });
    await desk()
      .transaction(async (tx) => {
        tx.audit({ action: 'employee.lost', actorId: null });
        await tx.em.execute('select 1 / 0');
      })
      .catch(() => undefined);
  });
  await Promise.all(work);
  const found = await verify();
  expect(found).toEqual({ rows: 109, faults: [], end: await head() });
  expect(found.end.id).toBe(109);
  const { rows } = await superuser.query(`select count(*)::int as n from audit_entry where action = 'employee.lost'`);
  expect(rows).toEqual([{ n: 0 }]);
});

test('an empty log is intact', async () => {
  await superuser.query(`truncate audit_entry; update audit_head set last_id = 0, row_hash = repeat('0', 64)`);
  expect(await verify()).toEqual({ rows: 0, faults: [], end: { id: 0, hash: '0'.repeat(64) } });
});

const swap = (column: string) =>
  `update audit_entry a set ${column} = b.${column} from audit_entry b where (a.id, b.id) in ((3, 5), (5, 3))`;

test.each<[string, string, string[]]>([
  ['another action', `update audit_entry set action = 'employee.rejected' where id = 4`, ['Row 4 was edited']],
  ['another actor', 'update audit_entry set actor_id = 1 where id = 4', ['Row 4 was edited']],
  ['other data', `update audit_entry set data = '{"n": 44}' where id = 4`, ['Row 4 was edited']],
  ['a later time', `update audit_entry set at = at + interval '1 microsecond' where id = 4`, ['Row 4 was edited']],
  ['another outcome', `update audit_entry set outcome = 'refused' where id = 4`, ['Row 4 was edited']],
  ['no subject', 'update audit_entry set subject_id = null where id = 4', ['Row 4 was edited']],
  ['another request', `update audit_entry set request_id = 'x' where id = 4`, ['Row 4 was edited']],
  [
    'another hash',
    `update audit_entry set row_hash = repeat('a', 64) where id = 4`,
    ['Row 4 was edited', 'Row 5 does not follow row 4'],
  ],
  ['a row less', 'delete from audit_entry where id = 4', ['Row 4 is missing']],
  ['three rows less', 'delete from audit_entry where id between 4 and 6', ['Rows 4 to 6 are missing']],
  ['no beginning', 'delete from audit_entry where id < 3', ['Rows 1 to 2 are missing']],
  ['two rows swapped in what they say', swap('data'), ['Row 3 was edited', 'Row 5 was edited']],
  [
    'two rows swapped as a whole',
    'update audit_entry set id = case id when 3 then -5 else -3 end where id in (3, 5); update audit_entry set id = -id where id < 0',
    [
      'Row 3 does not follow row 2',
      'Row 3 was edited',
      'Row 4 does not follow row 3',
      'Row 5 does not',
      'Row 5 was',
      'Row 6 does',
    ],
  ],
  ['its end cut off', 'delete from audit_entry where id > 7', ['Rows 8 to 9 are missing at the end']],
  ['everything gone', 'truncate audit_entry', ['Rows 1 to 9 are missing at the end']],
  [
    'a row before the first',
    'update audit_entry set id = -1 where id = 9',
    ['Row -1 does not belong', 'Row 9 is missing at'],
  ],
  [
    'a row behind the last',
    `insert into audit_entry select 10, at, actor_id, action, outcome, subject_type, subject_id, data, request_id, row_hash, row_hash
       from audit_entry where id = 9`,
    ['Row 10 was edited', 'Rows after 9 were not written by the desk'],
  ],
  ['its end forgotten', 'delete from audit_head', ['The end of the log is not noted any more']],
  [
    'its end forged',
    `update audit_head set row_hash = repeat('b', 64)`,
    ['Row 9 is not the one that was written last'],
  ],
])('T35: a log with %s is found out, and the row is named', async (_, tamper, faults) => {
  await superuser.query(tamper);
  const found = await verify();
  expect(found.faults).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  await superuser.query(`insert into audit_head (last_id, row_hash) values (0, '') on conflict do nothing`);
});

/** Writes the log anew from a row on, with good hashes and the head set right: what only somebody outside can notice. */
async function rewrite(from: number, until: number): Promise<void> {
  await superuser.query('delete from audit_entry where id > $1', [until]);
  await superuser.query(`update audit_entry set action = 'employee.rejected' where id = $1`, [from]);
  const { rows } = await superuser.query<Record<string, never>>('select * from audit_entry order by id');
  let previous = '0'.repeat(64);
  for (const row of rows) {
    const { action, outcome, data } = row;
    const hash = auditHash(previous, {
      ...{
        id: Number(row['id']),
        at: new Date(row['at']!).toISOString(),
        actorId: null,
        action: action!,
        outcome: outcome!,
      },
      ...{ subjectType: row['subject_type']!, subjectId: Number(row['subject_id']), data: data!, requestId: null },
    });
    await superuser.query('update audit_entry set prev_hash = $2, row_hash = $3 where id = $1', [
      row['id'],
      previous,
      hash,
    ]);
    previous = hash;
  }
  await superuser.query('update audit_head set last_id = $1, row_hash = $2', [until, previous]);
}

test('T35: a log written anew, or cut off with its end, looks intact, but not beside an end that was kept elsewhere', async () => {
  const kept = await head();
  await rewrite(4, 9);
  expect((await verify()).faults).toEqual([]);
  expect((await verify([kept])).faults).toEqual([expect.stringContaining('Row 9 is another one')]);
  await rewrite(4, 6);
  expect((await verify()).faults).toEqual([]);
  expect((await verify([kept])).faults).toEqual([expect.stringContaining('Row 9 is missing')]);
});

test('an end that was kept earlier stays good while the log grows', async () => {
  const kept = await head();
  await write('employee.disabled');
  expect((await verify([kept, await head()])).faults).toEqual([]);
});

test('rows that come while the log is read are no fault', async () => {
  const writing = (async () => {
    for (let n = 0; n < 30; n++) await write('employee.changed', { n });
  })();
  for (let n = 0; n < 10; n++) expect((await verify()).faults).toEqual([]);
  await writing;
});

test('T35: neither the app role nor the owner can change, delete or empty what was written', async () => {
  for (const url of [desk().databaseUrl, desk().databaseOwnerUrl]) {
    const client = new pg.Client(url);
    await client.connect();
    for (const sql of [
      `update audit_entry set action = 'x' where id = 1`,
      'delete from audit_entry where id = 1',
      'truncate audit_entry',
    ])
      await expect(client.query(sql), sql).rejects.toThrow(/permission denied|append-only/);
    if (url === desk().databaseUrl)
      for (const sql of ['delete from audit_head', 'alter table audit_entry disable trigger all'])
        await expect(client.query(sql), sql).rejects.toThrow(/permission denied|must be owner/);
    await client.end();
  }
  expect((await verify()).faults).toEqual([]);
});
