import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import Koa from 'koa';
import pg from 'pg';
import { createAccount } from '../src/people/sign-in.ts';
import { startBenchDesk, type BenchDesk } from './bench-desk.ts';
import { median, quantile, round } from './figures.ts';

const TICKETS = 10_000;
const COMMENTS = 5;
const PASSWORD = 'only for this bench';

/** What people ask for all day. `common` is a word of a third of all comments, `rare` one of a hundred. */
const ASKED: Record<string, string> = {
  list: '/api/tickets?view=open',
  'deep page': '', // filled in below
  detail: '/api/tickets/5000',
  badges: '/api/badges',
  'search, common word': '/api/tickets?q=printer',
  'search, rare word': '/api/tickets?q=quartz42',
  'search, typing error': '/api/tickets?q=qaurtz42',
};

/**
 * Milliseconds for what people ask for all day, over 10,000 tickets and 50,000 comments, as an employee's browser would see them; beside the
 * least that any server on this stack must do in the same run: Koa, pg, and the very statements that the desk sends.
 */
export async function benchLists(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string' }, short: { type: 'boolean' } } });
  const rounds = Number(values.rounds ?? (values.short ? 40 : 200));
  const bench = await startBenchDesk();
  const web = await bench.desk.startWeb(0, '127.0.0.1');
  const url = `http://127.0.0.1:${web.port}`;
  const pool = new pg.Pool({ connectionString: bench.databaseUrl, max: 10 });
  const statements = watchStatements();
  const bare = await startBare(pool, statements.of);
  try {
    const asked = await fill(bench, url);
    console.log(`${'p95 in ms'.padEnd(24)}  desk   bare  ratio   (medians)`);
    const ratios: number[] = [];
    for (const [name, path] of Object.entries(asked.paths)) {
      const headers = { authorization: `Bearer ${asked.token}` };
      await ask(url + path, headers); // what is cached is cached
      statements.record(name);
      const answer = await ask(url + path, headers);
      statements.record(null);
      const [desk, low]: [number[], number[]] = [[], []];
      for (let turn = 0; turn < rounds; turn++) {
        desk.push((await ask(url + path, headers)).ms);
        low.push((await ask(`${bare.url}/?name=${encodeURIComponent(name)}`)).ms);
      }
      const ratio = quantile(desk, 0.95) / quantile(low, 0.95);
      ratios.push(ratio);
      const line = [quantile(desk, 0.95), quantile(low, 0.95), ratio].map((n) => String(round(n, 1)).padStart(5));
      console.log(
        `${name.padEnd(24)} ${line.join('  ')}   (${round(median(desk), 1)}, ${round(median(low), 1)}; ${statements.of(name).length} statements, ${answer.bytes} bytes)`,
      );
    }
    console.log(`lists: worst ratio ${round(Math.max(...ratios), 2)} of 3`);
  } finally {
    await bare.stop();
    await pool.end();
    await web.stop();
    await bench.stop();
  }
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<{ ms: number; bytes: number }> {
  const started = performance.now();
  const response = await fetch(url, { headers });
  const { length: bytes } = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return { ms: performance.now() - started, bytes };
}

/** Tickets of a hundred people over a year, with the words that are looked for, and a coordinator who looks. */
async function fill({ desk, databaseUrl }: BenchDesk, url: string) {
  const owner = new pg.Client(databaseUrl);
  await owner.connect();
  await owner.query(
    `insert into employee (email, first_name, last_name, role, status, locale, created_at, updated_at)
       select 'person' || n || '@desk.example', 'Person', 'Number ' || n, 'employee', 'contact', 'en', now(), now() from generate_series(1, 100) n`,
  );
  await owner.query(
    `insert into ticket (subject, status, priority, requester_id, channel, comment_count, created_at, updated_at)
       select 'Ticket ' || n || ' about ' || (array['a printer', 'the network', 'a password', 'an order', 'a screen'])[1 + n % 5],
         (array['new', 'open', 'in_progress', 'pending', 'resolved', 'closed', 'closed', 'closed'])[1 + n % 8],
         (array['critical', 'high', 'medium', 'low'])[1 + n % 4], (select min(id) from employee where role = 'employee') + n % 100, 'mail', $2,
         now() - make_interval(mins => ($1 - n) * 50), now() - make_interval(mins => ($1 - n) * 50) from generate_series(1, $1::int) n`,
    [TICKETS, COMMENTS],
  );
  await owner.query(
    `insert into comment (ticket_id, author_id, visibility, channel, body, created_at)
       select t.id, t.requester_id, 'public', 'mail',
         (select string_agg((array['the', 'is', 'please', 'help', 'again', 'office', 'today', 'desk', 'cable', 'paper', 'light', 'window'])[1 + (t.id * 7 + n * 3 + w * w) % 12], ' ')
           from generate_series(1, 60) w) || case when (t.id + n) % 3 = 0 then ' printer' else '' end || ' quartz' || (t.id + n) % 500,
         t.created_at + make_interval(hours => n)
       from ticket t, generate_series(1, $1::int) n`,
    [COMMENTS],
  );
  await owner.query('analyze');
  await owner.end();
  const who = { email: 'bench@desk.example', password: PASSWORD };
  await createAccount(desk.transaction, { ...who, firstName: 'Bench', lastName: 'Mark', role: 'coordinator' });
  const response = await fetch(`${url}/api/token/admin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(who),
  });
  const { access: token } = (await response.json()) as { access: string };
  let path = ASKED['list'] ?? '';
  for (let page = 0; page < 20; page++) {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
    path = ((await answer.json()) as { next: string }).next;
  }
  return { token, paths: { ...ASKED, 'deep page': path } };
}

/** The statements that the desk sends while it answers, by what was asked. */
function watchStatements(): { record(name: string | null): void; of(name: string): string[] } {
  const fromHere = createRequire(import.meta.url);
  const driver = createRequire(fromHere.resolve('@mikro-orm/postgresql'))('pg') as typeof pg;
  const seen = new Map<string, string[]>();
  let recording: string | null = null;
  const { query } = driver.Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
  Object.assign(driver.Client.prototype, {
    query(this: unknown, ...given: unknown[]) {
      const text = typeof given[0] === 'string' ? given[0] : (given[0] as { text?: string } | undefined)?.text;
      if (recording !== null && text !== undefined && !text.includes('pgboss')) seen.get(recording)?.push(text);
      return query.apply(this, given);
    },
  });
  return {
    record(name) {
      recording = name;
      if (name !== null) seen.set(name, []);
    },
    of: (name) => seen.get(name) ?? [],
  };
}

/** Koa and pg alone: the statements of the desk, and their last rows as JSON. */
async function startBare(pool: pg.Pool, statementsOf: (name: string) => string[]) {
  const app = new Koa();
  app.use(async (ctx) => {
    const client = await pool.connect();
    try {
      let rows: unknown[] = [];
      for (const text of statementsOf(String(ctx.query['name']))) {
        const result = await client.query<Record<string, unknown>>(text);
        if (result.rows.length > 0) rows = result.rows;
      }
      ctx.body = { results: rows };
    } finally {
      client.release();
    }
  });
  const handle = app.callback();
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
