import { z } from 'zod';

const ids = z.object({ ids: z.array(z.int().positive()).min(1).max(1000) });

/**
 * Every queue, its payload and its rules. Jobs are hints, tables are the truth: a payload holds ids only, a lost job is
 * rebuilt by the sweeper, so a job may be retried little and forgotten soon. `batch` is how many jobs one handler call may take together,
 * `poll` after how many seconds a job is found at the latest whose time has come, 5 unless said.
 */
// prettier-ignore
export const QUEUES = {
  'poll-mailbox':    { data: z.object({ mailboxId: z.int().positive() }), batch: 1,  options: { policy: 'short' } },
  'ingest-messages': { data: ids,                                         batch: 50, options: {} },
  'notify-events':   { data: ids,                                         batch: 50, options: {} },
  'send-links':      { data: ids,                                         batch: 50, options: {} },
  'notify-accounts': { data: ids,                                         batch: 50, options: {} },
  // A try waits 4 to 10 s for the next one, so its queue is looked at more often.
  'send-workflow':   { data: ids,                                         batch: 10, options: {}, poll: 2 },
  'run-tasks':       { data: ids,                                         batch: 1,  options: {} },
  // What a server afar is asked takes as long as it takes: no other task waits for it.
  'look-tasks':      { data: ids,                                         batch: 1,  options: {} },
  'send-messages':   { data: ids,                                         batch: 50, options: {} },
} as const satisfies Record<string, { data: z.ZodObject; batch: number; options: { policy?: 'short' }; poll?: number }>;

/** Seconds. A worker that dies is noticed by its missing heartbeat; no job may run longer than it may be lost. */
export const QUEUE_DEFAULTS = {
  retryLimit: 2,
  retryDelay: 5,
  expireInSeconds: 180,
  heartbeatSeconds: 30,
  retentionSeconds: 7 * 24 * 3600,
  deleteAfterSeconds: 3600,
  notify: true,
} as const;

export type QueueName = keyof typeof QUEUES;
export type JobData<Q extends QueueName> = z.infer<(typeof QUEUES)[Q]['data']>;

/** The queues whose jobs carry ids of rows that are due. */
export type IdQueue = { [Q in QueueName]: JobData<Q> extends { ids: number[] } ? Q : never }[QueueName];

/** A queue without a handler is a compile error. A handler gets the payloads of up to `batch` jobs at once. */
export type Handlers = { [Q in QueueName]: (jobs: JobData<Q>[]) => Promise<void> };
