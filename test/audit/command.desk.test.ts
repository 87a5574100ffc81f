import { execFile } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { onDatabase } from '../support/database.ts';
import { PRODUCTION, useDesk } from '../support/desk.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const desk = useDesk();
/** A process takes seconds to start on a busy machine. */
const SLOW = { timeout: 120_000 };

let superuser: pg.Client;
beforeAll(async () => {
  superuser = new pg.Client(onDatabase(inject('postgres').adminUrl, new URL(desk().databaseUrl).pathname.slice(1)));
  await superuser.connect();
  await superuser.query('set session_replication_role = replica');
  for (let n = 0; n < 5; n++)
    await desk().transaction(async (tx) => tx.audit({ action: 'employee.approved', actorId: null, data: { n } }));
});
afterAll(() => superuser.end());

function audit(args: readonly string[], url = desk().databaseUrl): Promise<{ code: number; out: string; err: string }> {
  const env = {
    PATH: process.env['PATH'],
    ...{ ...PRODUCTION, DATABASE_URL: url, DATA_DIR: desk().config.dataDir, LOG_LEVEL: 'silent' },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ['bin/smartsupport.mjs', 'audit', ...args], { cwd: ROOT, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

test(
  'T35: smartsupport audit verify ends with 0 for an intact log, as the app role and as the owner',
  SLOW,
  async () => {
    for (const url of [desk().databaseUrl, desk().databaseOwnerUrl])
      expect(await audit(['verify'], url)).toEqual({
        code: 0,
        out: expect.stringMatching(/^Intact: 5 rows, the end is 5:[0-9a-f]{64}\n$/) as string,
        err: '',
      });
  },
);

test(
  'T35: smartsupport audit verify names the row and ends with 1; with an end that was kept it sees what was cut off',
  SLOW,
  async () => {
    const { out: head, code } = await audit(['head']);
    expect([code, head]).toEqual([0, expect.stringMatching(/^5:[0-9a-f]{64}\n$/)]);
    await superuser.query(`update audit_entry set actor_id = 1 where id = 3`);
    expect(await audit(['verify'])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^Row 3 was edited.*\n1 faults: 5 rows/) as string,
    });

    await superuser.query('update audit_entry set actor_id = null where id = 3; delete from audit_entry where id = 5');
    await superuser.query(
      'update audit_head set last_id = 4, row_hash = (select row_hash from audit_entry where id = 4)',
    );
    expect(await audit(['verify', '--head', head.trim()])).toMatchObject({
      code: 1,
      out: expect.stringContaining('Row 5 is missing: it was the end of the log once') as string,
    });
  },
);
