import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { embeddedUrls } from '../../src/db/embedded.ts';
import { findBreaches } from '../support/invariants.ts';
import { eventually, isAlive, temporaryFolder } from '../support/processes.ts';
import { startDesk, stopDesk, type RunningDesk } from '../support/running-desk.ts';
import { connected } from '../support/connected.ts';

interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** A process and all that it started, as the kernel has them (proc_pid_stat(5)). */
function withDescendants(root: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readProcess);
  const found = all.filter(({ pid }) => pid === root);
  for (const process of found) found.push(...all.filter(({ parent }) => parent === process.pid));
  return found;
}

function readProcess(pid: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return [{ pid: Number(pid), parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
  } catch {
    return []; // it ended meanwhile
  }
}

const KEPT = {
  tickets: 'select number, subject, status, version, comment_count from ticket order by id',
  comments: 'select id, ticket_id, visibility, body from comment order by id',
  deliveries: 'select id, state, decision, reason, raw_sha256 from inbound_message order by id',
  outbound: 'select id, state, recipient, message_id, mime_sha256, attempts from outbound_message order by id',
  caught: `select id, envelope_to, encode(raw, 'hex') as raw from caught_message order by id`,
};

async function withDatabase<T>(dataDir: string, work: (database: pg.Client) => Promise<T>): Promise<T> {
  const urls = await embeddedUrls(`${dataDir}/postgres`);
  return connected(urls?.appUrl ?? '', work);
}

/** Everything the desk knows, once there is nothing left to do and every promise holds. */
function readAll({ dataDir }: RunningDesk): Promise<Record<string, unknown[]>> {
  return withDatabase(dataDir, async (database) => {
    let breaches: string[] = [];
    const quiet = async () => {
      const sent = (await database.query<{ raw: Buffer }>('select raw from caught_message')).rows;
      breaches = await findBreaches(database, dataDir, { sent: sent.map(({ raw }) => raw.toString('utf8')) });
      return breaches.length === 0;
    };
    await eventually('all done', quiet, 60_000).catch(() => {
      throw new Error(breaches.join('\n'));
    });
    const kept: Record<string, unknown[]> = {};
    for (const [name, sql] of Object.entries(KEPT)) kept[name] = (await database.query(sql)).rows;
    return kept;
  });
}

/** Two tickets by mail, each acknowledged, and an answer of the coordinator to the first. */
async function work(desk: RunningDesk): Promise<void> {
  await desk.write({
    from: 'Grace Hopper <grace@navy.example>',
    subject: 'Moth',
    text: 'There is a moth in relay 70.',
  });
  await desk.write({ from: 'Ada Lovelace <ada@engine.example>', subject: 'Cards', text: 'The cards are used up.' });
  const coordinator = await desk.as('coordinator');
  const moth = await eventually('two tickets', async () => {
    const { results } = (await coordinator.get('/api/tickets')).body as { results: { id: number; subject: string }[] };
    return results.length === 2 ? results.find(({ subject }) => subject === 'Moth') : null;
  });
  const answer = await coordinator.post(`/api/tickets/${moth.id}/comments`, { body: 'We took it out.' });
  expect(answer.status).toBe(201);
}

test.each<[what: string, dies: (process: Process) => boolean, adopted: boolean]>([
  ['the desk alone, so that its PostgreSQL is adopted', ({ command }) => command.includes('main.ts'), true],
  ['the desk and its PostgreSQL', () => true, false],
])('kill -9 of %s, and after a new start everything is still there', async (_, dies, adopted) => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const first = await startDesk(folder.path);
  await work(first);
  const before = await readAll(first);
  expect(before['caught']).toHaveLength(5); // the coordinator hears of each ticket too

  const family = withDescendants(first.process.pid ?? 0);
  const isServer = ({ command }: Process) => command.includes(`${folder.path}/postgres`);
  expect(family.filter(isServer)).toHaveLength(1);
  for (const { pid } of family.filter(dies)) process.kill(pid, 'SIGKILL');
  // Parsers end with their desk, whoever kills it.
  const goes = family.filter((one) => dies(one) || one.command.includes('parse-child'));
  await eventually('the end of all that was killed', () => !goes.some(({ pid }) => isAlive(pid)));
  const orphans = family.filter(isServer).filter(({ pid }) => isAlive(pid));
  expect(orphans).toHaveLength(adopted ? 1 : 0);

  const second = await startDesk(folder.path);
  const now = withDescendants(second.process.pid ?? 0);
  try {
    expect(await readAll(second)).toEqual(before);
    expect(orphans.every(({ pid }) => isAlive(pid))).toBe(true);
    expect((await (await second.as('employee')).get('/api/tickets')).status).toBe(200);
  } finally {
    expect(await stopDesk(second)).toBe(0);
  }
  await eventually('no process left', () => ![...family, ...now].some(({ pid }) => isAlive(pid)));
});
