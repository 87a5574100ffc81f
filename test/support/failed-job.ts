import type { TestDesk } from './desk.ts';

/** A job of the queue that failed as often as it is tried, as pg-boss leaves it. Gives its id. */
export async function failJob(desk: TestDesk, { ids = [999_999], error = 'the disk is full' } = {}): Promise<string> {
  const rows = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into pgboss.job (name, data, state, retry_limit, retry_count, completed_on, output)
       values ('send-messages', ?::jsonb, 'failed', 2, 2, now(), ?::jsonb) returning id`,
      [JSON.stringify({ ids }), JSON.stringify({ message: `${error}\n    at somewhere`, stack: 'at somewhere' })],
    ),
  );
  return rows[0]?.id ?? '';
}
