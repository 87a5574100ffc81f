import type { EntityManager } from '@mikro-orm/postgresql';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { QUEUES, type JobData, type QueueName } from '../jobs/queues.ts';

/** A job that failed as often as its queue tries. What it was about is in its tables, so that the sweeper gives it another one. */
export interface FailedJob {
  id: string;
  queue: QueueName;
  created_at: string;
  failed_at: string | null;
  attempts: number;
  /** The first line of what went wrong. */
  error: string | null;
}

const MOST = 100;
const LONGEST = 300;

/** Those that the queue still knows (for an hour), newest first, 100 at most. */
export async function listFailedJobs(em: EntityManager): Promise<FailedJob[]> {
  const rows = await em.execute<
    {
      id: string;
      name: QueueName;
      created_on: string | Date;
      completed_on: string | Date | null;
      retry_count: number;
      error: string | null;
    }[]
  >(
    `select id, name, created_on, completed_on, retry_count, coalesce(output ->> 'message', output ->> 'value') as error
       from pgboss.job where state = 'failed' and name in (?) order by completed_on desc nulls last limit ?`,
    [Object.keys(QUEUES), MOST],
  );
  return rows.map(({ id, name, created_on, completed_on, retry_count, error }) => ({
    ...{ id, queue: name, attempts: retry_count + 1 },
    created_at: new Date(created_on).toISOString(),
    failed_at: completed_on === null ? null : new Date(completed_on).toISOString(),
    error: error?.split('\n')[0]?.slice(0, LONGEST) ?? null,
  }));
}

/** Puts a new job in the place of one that failed, and gives the name of its queue. 404 when it is not there any more. */
export async function retryJob(tx: Transaction, actor: { id: number }, id: string): Promise<QueueName> {
  const [job] = await tx.em.execute<{ name: QueueName; data: JobData<QueueName> }[]>(
    `delete from pgboss.job where id = ? and state = 'failed' and name in (?) returning name, data`,
    [id, Object.keys(QUEUES)],
  );
  if (!job) throw new AppError('not_found', 'There is no such failed job any more');
  tx.enqueue(job.name, job.data);
  tx.audit({ action: 'job.retried', actorId: actor.id, data: { queue: job.name } });
  return job.name;
}
