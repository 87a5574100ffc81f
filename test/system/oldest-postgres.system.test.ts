import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDesk } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { migrate, MINIMUM_POSTGRES } from '../../src/db/migrate.ts';
import { silent } from '../../src/log.ts';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { receiveMessage } from '../../src/mail/inbound/receive-message.ts';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { createAccount } from '../../src/people/sign-in.ts';
import { client } from '../support/client.ts';
import { SECRET_KEYS } from '../support/desk.ts';
import { AS_ORDINARY_USER, eventually, temporaryFolder } from '../support/processes.ts';
import { freePort } from '../support/running-desk.ts';
import { connected } from '../support/connected.ts';

const BIN = `/usr/lib/postgresql/${MINIMUM_POSTGRES}/bin`;
const [command = `${BIN}/postgres`, ...prefix] = AS_ORDINARY_USER;
const asUser = (program: string, args: readonly string[]) =>
  AS_ORDINARY_USER.length > 0 ? [...prefix, program, ...args] : [...args];

let server: ChildProcess;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let url: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  const data = join(folder.path, 'data');
  const initdb = AS_ORDINARY_USER.length > 0 ? command : `${BIN}/initdb`;
  execFileSync(
    initdb,
    asUser(`${BIN}/initdb`, ['-D', data, '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--locale=C']),
    { stdio: 'ignore' },
  );
  const port = await freePort();
  server = spawn(command, asUser(`${BIN}/postgres`, ['-D', data, '-p', String(port), '-k', '', '-h', '127.0.0.1']), {
    stdio: 'ignore',
  });
  url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await eventually('PostgreSQL', () => query('select 1').catch(() => null), 20_000);
  for (const sql of ['create role owner login', 'create role app login', 'create database desk owner owner'])
    await query(sql);
});
afterAll(async () => {
  server?.kill('SIGINT');
  if (server) await once(server, 'exit');
  await folder.remove();
});

async function query(sql: string): Promise<unknown[]> {
  return connected(url, async (admin) => (await admin.query<Record<string, unknown>>(sql)).rows);
}

test('the oldest PostgreSQL that the README promises runs the schema and the way of a mail', async () => {
  const as = (role: string) => url.replace('postgres@', `${role}@`).replace(/\/postgres$/, '/desk');
  expect(await migrate(as('owner'), as('app'))).not.toEqual([]);
  expect(await migrate(as('owner'), as('app'))).toEqual([]);
  const config = readConfig({ DATA_DIR: join(folder.path, 'desk'), LOG_LEVEL: 'silent' });
  const given = { config, databaseUrl: as('app'), secretKeys: SECRET_KEYS, publicUrl: 'http://localhost', log: silent };
  const desk = await openDesk({ ...given, transport: null, parsers: 1 });
  const web = await desk.startWeb(0, '127.0.0.1');
  try {
    const raw = await desk.blobs.put(
      Buffer.from('From: ana@maravia.example\nSubject: Old\nMessage-ID: <a@b.example>\n\nStill works?\n'),
    );
    const delivery = {
      mailboxId: desk.mailbox.id,
      sourceKey: 'one',
      raw,
      envelopeFrom: null,
      envelopeTo: null,
      quiet: false,
      wake: true,
    };
    const { id } = await desk.transaction((tx) => receiveMessage(tx, delivery));
    await ingestMessages(desk.ingest, [id]);
    await desk.transaction((tx) => notifyEvents(tx, [1], desk.jobs.notify));
    await createAccount(desk.transaction, {
      email: 'a@desk.example',
      firstName: 'A',
      lastName: 'B',
      role: 'admin',
      password: 'correct horse',
    });
    const base = `http://127.0.0.1:${web.port}`;
    const signedIn = await client(base).post('/api/token/admin', {
      email: 'a@desk.example',
      password: 'correct horse',
    });
    const staff = client(base, String(signedIn.body['access']));
    expect(await staff.get('/api/tickets')).toMatchObject({
      status: 200,
      body: { count: 1, results: [{ subject: 'Old' }] },
    });
    expect(
      (await staff.post('/api/tickets/1/transitions', { name: 'approve', priority: 'low', category: 'Other' })).status,
    ).toBe(200);
    expect((await staff.post('/api/tickets/1/comments', { body: 'It does.' })).status).toBe(201);
  } finally {
    await web.stop();
    await desk.close();
  }
});
