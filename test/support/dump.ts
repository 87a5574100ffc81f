import type { TestDesk } from './desk.ts';

/** Tables that a request may touch whatever becomes of it: counters of requests. */
const COUNTERS = ['rate_limit'];

/** A hash of each table's rows, and the number of jobs: two that are equal mean that nothing has changed in between. */
export async function dumpDatabase(desk: TestDesk): Promise<Record<string, string>> {
  const rows = await desk.transaction(async ({ em }) => {
    const tables = await em.execute<{ name: string }[]>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not in (?) order by 1`,
      [COUNTERS],
    );
    const hashes = tables.map(
      ({ name }) =>
        `select '${name}' as name, md5(coalesce(string_agg(t::text, E'\\n' order by t::text), '')) as hash from public.${name} t`,
    );
    const jobs = `select 'jobs' as name, count(*)::text as hash from pgboss.job`;
    return em.execute<{ name: string; hash: string }[]>([...hashes, jobs].join(' union all '));
  });
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}
