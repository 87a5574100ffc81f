import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { FaultPoint } from '../../src/fault-point.ts';
import { silent } from '../../src/log.ts';
import { onDatabase } from '../support/database.ts';
import { client, type Client } from '../support/client.ts';
import { findBreaches } from '../support/invariants.ts';
import { eventually, temporaryFolder } from '../support/processes.ts';
import { freePort, launchDesk, type LaunchedDesk } from '../support/running-desk.ts';
import { connected } from '../support/connected.ts';

const TEMPLATE = 'fault_template';

/** A fault point, and which pass of it kills; the first one if none is named. */
type Fault = FaultPoint | `${FaultPoint}:${number}`;

/** The world around a desk that keeps dying: a database, a Maildir and a mail server that outlive it. */
export interface FaultDesk {
  /** Starts the real program, or one side of it; it dies by SIGKILL at the n-th pass of a fault point. */
  launch(fault?: Fault, side?: 'start' | 'worker'): LaunchedDesk;
  /**
   * Starts it armed, waits for the kill, and checks what must hold even then. `act` runs once it serves; what the kill does to its
   * requests is expected.
   */
  dieAt(fault: Fault, act?: () => Promise<unknown>): Promise<void>;
  /** Starts it unarmed, waits until everything is done (and `also` is true) within a minute or `patience` ms, checks all invariants, and stops it. */
  recover(also?: () => Promise<boolean>, patience?: number): Promise<void>;
  deliver(name: string, raw: string): Promise<void>;
  /** What breaks the promises now; `atRest`: nothing may be left to do. */
  breaches(atRest: boolean): Promise<string[]>;
  /** Whether nothing is left to do. */
  isAtRest(): Promise<boolean>;
  /** Names in the Maildir's `new` and `cur`. */
  maildir(): Promise<{ new: string[]; cur: string[] }>;
  url: string;
  /** Signs the coordinator in: what the token route answers. */
  signIn(): Promise<Record<string, unknown>>;
  /** A coordinator's calls to the running desk. */
  staff(): Promise<Client>;
  query<T extends pg.QueryResultRow>(sql: string): Promise<T[]>;
  /** What the mail server took, in order. */
  sent: string[];
  /** The mail server says 250 only when this is not set: it then waits for the connection's end, as at a kill. */
  holdAnswer: boolean;
  smtpPort: number;
}

/** What a desk is told beside what every one is: `told` lists the source's own keys of what it was told to be done. */
export type MoreEnv = Record<string, string>;
export type Told = () => Promise<string[]>;

const readsElsewhere = (env: MoreEnv) => 'IMAP_URL' in env || 'GMAIL_API_URL' in env;

/** Desks for a test file, each with a database of its own; `env` is added to what it is configured with. What names another source reads no Maildir. */
export function useFaultDesks(): (env?: MoreEnv, told?: Told) => Promise<FaultDesk> {
  let postgres: EmbeddedPostgres;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const folder = await temporaryFolder();
    ends.push(folder.remove);
    postgres = await startEmbeddedPostgres({ dir: join(folder.path, 'postgres'), log: silent });
    ends.push(() => postgres.stop());
    await asAdmin(postgres, `create database ${TEMPLATE} owner smartsupport_owner`);
    await migrate(onDatabase(postgres.ownerUrl, TEMPLATE), onDatabase(postgres.appUrl, TEMPLATE));
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });
  let made = 0;
  return async (env = {}, told) => {
    const name = `fault_${++made}`;
    await asAdmin(postgres, `create database ${name} template ${TEMPLATE} owner smartsupport_owner`);
    const folder = await temporaryFolder();
    ends.push(folder.remove);
    const { desk, end } = await openFaultDesk(folder.path, onDatabase(postgres.appUrl, name), env, told);
    ends.push(end);
    return desk;
  };
}

async function asAdmin({ adminUrl }: EmbeddedPostgres, sql: string): Promise<void> {
  await connected(adminUrl, (admin) => admin.query(sql));
}

async function openFaultDesk(
  dir: string,
  databaseUrl: string,
  more: MoreEnv,
  told: Told | undefined,
): Promise<{ desk: FaultDesk; end: () => Promise<void> }> {
  const maildir = join(dir, 'maildir');
  for (const part of ['new', 'cur', 'tmp']) await mkdir(join(maildir, part), { recursive: true });
  const database = new pg.Client(databaseUrl);
  await database.connect();
  const state = { sent: [] as string[], holdAnswer: false };
  const sink = await startSink(state);
  const [port, smtpPort] = [await freePort(), await freePort()];
  const env = {
    ...{
      DATA_DIR: join(dir, 'data'),
      DATABASE_URL: databaseUrl,
      PUBLIC_URL: `http://localhost:${port}`,
      ...(readsElsewhere(more) ? {} : { MAILDIR: maildir }),
    },
    ...{
      PORT: String(port),
      HOST: '127.0.0.1',
      SMTP_DROP_PORT: String(smtpPort),
      SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    },
    ...{
      SECRET_KEYS: `a:${Buffer.alloc(32, 5).toString('base64')}`,
      SUPPORT_ADDRESS: 'support@desk.example',
      LOG_LEVEL: 'error',
    },
    ...more,
  };
  const around = { sent: state.sent, ...(told ? { told } : { maildir }) };
  const all: LaunchedDesk[] = [];
  const launch: FaultDesk['launch'] = (fault, side = 'start') => {
    const launched = launchDesk({ ...env, ...(fault && { FAULT: fault }) }, [side]);
    all.push(launched);
    return launched;
  };

  const desk: FaultDesk = {
    launch,
    async dieAt(fault, act) {
      state.holdAnswer = fault.startsWith('O5');
      const launched = launch(fault);
      let trouble: string | null = null;
      if (act) {
        await launched.running();
        trouble = await act().then(() => null, String); // the kill may cut its own cause off
      }
      const { signal, code } = await withLimit(launched, `${fault} (${trouble ?? 'no trouble'})`);
      state.holdAnswer = false;
      if (signal !== 'SIGKILL')
        throw new Error(`It ended with ${code ?? signal}, not by the fault ${fault}: ${launched.output()}`);
      const breaches = await findBreaches(database, env.DATA_DIR, { ...around, atRest: false });
      if (breaches.length > 0) throw new Error(`At the kill: ${breaches.join('\n')}`);
    },
    async recover(also = () => Promise.resolve(true), patience = 60_000) {
      const launched = launch();
      await launched.running();
      let breaches: string[] = [];
      const quiet = async () => {
        if (!(await also())) return false; // first: what it sends is work that must come to rest
        if (!(await isAtRest(database))) return false; // cheap, while there is work
        breaches = await findBreaches(database, env.DATA_DIR, around);
        const waiting = await readdir(join(maildir, 'new'));
        return breaches.length === 0 && waiting.length === 0;
      };
      await eventually('all done', quiet, patience).catch(async () => {
        breaches = await findBreaches(database, env.DATA_DIR, around);
        throw new Error(`Not drained within ${patience / 1000} s: ${breaches.join('\n')}\n${launched.output()}`);
      });
      launched.process.kill('SIGTERM');
      const { code } = await launched.ended;
      if (code !== 0) throw new Error(`It did not stop cleanly: ${code}\n${launched.output()}`);
    },
    async deliver(name, raw) {
      await writeFile(join(maildir, 'tmp', name), raw);
      await rename(join(maildir, 'tmp', name), join(maildir, 'new', name)); // as an MTA does
    },
    breaches: (atRest) => findBreaches(database, env.DATA_DIR, { ...around, atRest }),
    isAtRest: () => isAtRest(database),
    maildir: async () => ({ new: await readdir(join(maildir, 'new')), cur: await readdir(join(maildir, 'cur')) }),
    url: env.PUBLIC_URL,
    async signIn() {
      const email = 'marta@desk.example';
      const [known] = (await database.query(`select 1 from employee where email = '${email}'`)).rows;
      if (!known) password = await makeAccount(env, email);
      return (await client(env.PUBLIC_URL).post('/api/token/admin', { email, password })).body;
    },
    staff: async () => client(env.PUBLIC_URL, String((await desk.signIn())['access'])),
    query: async <T extends pg.QueryResultRow>(sql: string) => (await database.query<T>(sql)).rows,
    sent: state.sent,
    get holdAnswer() {
      return state.holdAnswer;
    },
    smtpPort,
  };
  let password = '';
  const end = async () => {
    for (const launched of all) launched.process.kill('SIGKILL');
    await database.end();
    await sink.stop();
  };
  return { desk, end };
}

async function isAtRest(database: pg.Client): Promise<boolean> {
  const { rows } = await database.query<{ open: boolean }>(
    `select exists (select from inbound_message where state in ('discovered', 'fetched'))
         or exists (select from ticket_event where notice = 'pending')
         or exists (select from inbound_message where untold and state <> 'vanished')
         or exists (select from outbound_message where state in ('pending', 'sending', 'ambiguous')) as open`,
  );
  return rows[0]?.open === false;
}

/** The first account of a desk is made on the command line. */
async function makeAccount(env: Record<string, string>, email: string): Promise<string> {
  const made = launchDesk(env, ['account', '--role', 'coordinator', email]);
  const { code } = await made.ended;
  if (code !== 0) throw new Error(made.output());
  return made.output().trim();
}

/** A fault point that is never passed must not hold the suite. */
async function withLimit(launched: LaunchedDesk, fault: string) {
  const timer = setTimeout(() => launched.process.kill('SIGABRT'), 120_000);
  return launched.ended
    .finally(() => clearTimeout(timer))
    .then((end) => {
      if (end.signal === 'SIGABRT') throw new Error(`${fault} was not reached: ${launched.output()}`);
      return end;
    });
}

async function startSink(state: { sent: string[]; holdAnswer: boolean }) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        state.sent.push(Buffer.concat(chunks).toString('utf8'));
        if (!state.holdAnswer) callback(); // held: the client is killed before it hears 250
      });
    },
  });
  server.on('error', () => undefined); // a killed client resets its connection
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, stop: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
