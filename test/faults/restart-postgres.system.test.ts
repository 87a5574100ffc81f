import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { silent } from '../../src/log.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { startDovecot } from '../support/dovecot.ts';
import { findBreaches } from '../support/invariants.ts';
import { eventually, isAlive, temporaryFolder } from '../support/processes.ts';
import { freePort, launchDesk } from '../support/running-desk.ts';
import { mailWithFile } from './mails.ts';
import { connected } from '../support/connected.ts';

const MESSAGES = 40;
const RESTARTS = 5;

test('M22: PostgreSQL is restarted at once, again and again, while mail is read: the desk lives on, and nothing is lost or doubled', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const dir = join(folder.path, 'postgres');
  let postgres = await startEmbeddedPostgres({ dir, log: silent });
  onTestFinished(() => postgres.stop());
  await migrate(postgres.ownerUrl, postgres.appUrl);
  const dovecot = await startDovecot();
  onTestFinished(() => dovecot.stop());
  const dns = await startDnsServer({});
  onTestFinished(() => dns.stop());
  const port = await freePort();
  const env = {
    ...{ DATA_DIR: join(folder.path, 'data'), DATABASE_URL: postgres.appUrl, PUBLIC_URL: `http://localhost:${port}` },
    ...{
      PORT: String(port),
      HOST: '127.0.0.1',
      SMTP_URL: 'smtp://127.0.0.1:9',
      SUPPORT_ADDRESS: 'support@desk.example',
    },
    ...{ SECRET_KEYS: `a:${Buffer.alloc(32, 5).toString('base64')}`, LOG_LEVEL: 'error' },
    ...{ IMAP_URL: dovecot.url('m22'), IMAP_HISTORY: 'live', DNS_SERVERS: dns.address },
  };
  const desk = launchDesk(env);
  onTestFinished(() => void desk.process.kill('SIGKILL'));
  await desk.running();

  const arriving = (async () => {
    for (let n = 0; n < MESSAGES; n++) {
      await dovecot.deliver('m22', mailWithFile({ id: `m22-${n}`, subject: `Message ${n}` }));
      await pause(300);
    }
  })();
  for (let n = 0; n < RESTARTS; n++) {
    await pause(2000);
    const pid = Number((await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGQUIT'); // an immediate shutdown: no checkpoint, recovery at the next start
    await eventually('its end', () => !isAlive(pid), 60_000);
    postgres = await startEmbeddedPostgres({ dir, log: silent });
    expect(postgres.appUrl).toBe(env.DATABASE_URL);
  }
  await arriving;

  const ask = <T>(look: (client: pg.Client) => Promise<T>) => connected(env.DATABASE_URL, look);
  let last: string[] = [];
  const drained = () =>
    ask(async (client) => {
      const { rows } = await client.query(`select subject from ticket`);
      const { rows: open } = await client.query(
        `select id from inbound_message where state in ('discovered', 'fetched')`,
      );
      last = [`${rows.length} tickets, ${open.length} open`];
      return rows.length === MESSAGES && open.length === 0;
    });
  await eventually('all is applied', drained, 120_000).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${last.join()}\n${desk.output().slice(-3000)}`);
  });
  expect(desk.process.exitCode).toBeNull();
  const breaches = await ask((client) => findBreaches(client, env.DATA_DIR, { atRest: false }));
  expect(breaches).toEqual([]);
  desk.process.kill('SIGTERM');
  expect((await desk.ended).code).toBe(0);
}, 400_000);
