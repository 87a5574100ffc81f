import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedUrls } from '../../src/db/embedded.ts';
import { client } from '../support/client.ts';
import { temporaryFolder } from '../support/processes.ts';
import { startDesk, stopDesk, type RunningDesk } from '../support/running-desk.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let desk: RunningDesk;
beforeAll(async () => {
  folder = await temporaryFolder();
  desk = await startDesk(folder.path, { RATE_LIMIT_FACTOR: '1000' });
  const database = new pg.Client((await embeddedUrls(join(folder.path, 'postgres')))?.appUrl);
  await database.connect();
  await database.query(`update employee set status = 'disabled' where email = $1`, [desk.accounts.coordinator.email]);
  await database.end();
});
afterAll(async () => {
  if (desk) await stopDesk(desk);
  await folder?.remove();
});

const ROUNDS = 100;

test('T32: of 100 sign-ins each, an unknown, a known and a disabled account are refused in mean times within 10 %', async () => {
  const emails = ['nobody@localhost', desk.accounts.employee.email, desk.accounts.coordinator.email];
  const times: number[][] = emails.map(() => []);
  const attempt = async (at: number) => {
    const started = performance.now();
    const { status } = await client(desk.url).post('/api/token/employee', { email: emails[at], password: 'not it' });
    expect(status).toBe(401);
    return performance.now() - started;
  };
  for (const at of emails.keys()) await attempt(at);
  // In turn and in turned order, so that whatever else the machine does falls on all alike.
  for (let round = 0; round < ROUNDS; round++)
    for (const at of [0, 1, 2].map((n) => (n + round) % 3)) times[at]?.push(await attempt(at));
  const means = times.map((each) => each.reduce((sum, time) => sum + time, 0) / each.length);
  expect(Math.max(...means) / Math.min(...means)).toBeLessThan(1.1);
}, 600_000);
