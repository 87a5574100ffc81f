import type { EntityManager } from '@mikro-orm/postgresql';
import { fromKysely, type PgBoss } from 'pg-boss';
import { appendAudit, type AuditEntry } from './audit-chain.ts';
import { QUEUES, type IdQueue, type JobData, type QueueName } from '../jobs/queues.ts';

/** What a verb may touch: rows, jobs and the clock, all of one transaction. */
export interface Transaction {
  readonly em: EntityManager;
  /** One moment for everything that this transaction writes. */
  readonly now: Date;
  /** A row is due: its id joins the one job of this queue that is written just before the commit. */
  wake(queue: IdQueue, id: number): void;
  /** A job of its own, written just before the commit. */
  enqueue<Q extends QueueName>(queue: Q, data: JobData<Q>, startAfter?: Date): void;
  /** Joins the audit log just before the commit: no commit, no entry. */
  audit(entry: AuditEntry): void;
}

export type RunTransaction = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** At most so many ids go into one job. */
const IDS_PER_JOB = 500;

/** Runs verbs in a database transaction; their jobs are written by the same connection: no commit, no job. */
export function transactionRunner(em: EntityManager, boss: PgBoss, clock = () => new Date()): RunTransaction {
  return (work) =>
    em.fork().transactional(async (em) => {
      const woken = new Map<IdQueue, Set<number>>();
      const jobs: { queue: QueueName; data: object; startAfter?: Date }[] = [];
      const audited: AuditEntry[] = [];
      const now = clock();
      const result = await work({
        em,
        now,
        audit: (entry) => void audited.push(entry),
        wake: (queue, id) => void (woken.get(queue) ?? woken.set(queue, new Set()).get(queue))?.add(id),
        enqueue: (queue, data, startAfter) => void jobs.push({ queue, data, ...(startAfter && { startAfter }) }),
      });
      await em.flush();
      em.clear(); // what is flushed is not compared again by the commit
      for (const [queue, ids] of woken)
        for (const part of chunks([...ids], IDS_PER_JOB)) jobs.push({ queue, data: { ids: part } });
      const db = fromKysely(em.getKysely());
      for (const { queue, data, startAfter } of jobs)
        await boss.send(queue, QUEUES[queue].data.parse(data), { db, ...(startAfter && { startAfter }) });
      await appendAudit(em, now, audited);
      return result;
    });
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
