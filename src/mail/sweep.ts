import type { Transaction } from '../db/transaction.ts';
import type { IdQueue } from '../jobs/queues.ts';

/** Seconds a row may lie untouched before its job counts as lost. */
const PATIENCE = 20;

/** Tasks that look at something afar. */
const LOOKS = `('examine-mailbox', 'rehearse-mailbox')`;

/** Rows that are due, by the queue that would take them on. Tables are the truth: whatever is due gets a job again. */
const DUE: Record<Exclude<IdQueue, 'send-messages'>, string> = {
  'ingest-messages': `select id from inbound_message where state = 'fetched' and next_at < ?::timestamptz - make_interval(secs => ?) order by next_at limit 500`,
  'notify-events': `select id from ticket_event where notice = 'pending' and coalesce(notice_after, created_at) < ?::timestamptz - make_interval(secs => ?) order by id limit 500`,
  'send-links': `select id from link_request where created_at < ?::timestamptz - make_interval(secs => ?) order by id limit 500`,
  'notify-accounts': `select id from account_notice where state = 'pending' and created_at < ?::timestamptz - make_interval(secs => ?) order by id limit 500`,
  'send-workflow': `select id from workflow_sync where state = 'pending' and next_at < ?::timestamptz - make_interval(secs => ?) order by next_at limit 500`,
  'run-tasks': `select id from task where state in ('queued', 'running') and kind not in ${LOOKS} and next_at < ?::timestamptz - make_interval(secs => ?) order by next_at limit 500`,
  'look-tasks': `select id from task where state in ('queued', 'running') and kind in ${LOOKS} and next_at < ?::timestamptz - make_interval(secs => ?) order by next_at limit 500`,
};

/**
 * Re-enqueues what has no live job: after a crash, a wiped job table, or a retry whose time has come. A second job for the same
 * row is harmless, as each step looks at the row first. `patience` in seconds.
 */
export async function sweep(tx: Transaction, patience = PATIENCE): Promise<void> {
  for (const [queue, sql] of Object.entries(DUE) as [IdQueue, string][])
    for (const { id } of await tx.em.execute<{ id: string }[]>(sql, [tx.now, patience])) tx.wake(queue, Number(id));
}
