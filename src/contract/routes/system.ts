import { z } from 'zod';
import type { SYSTEM_PATHS } from '../paths/system.ts';
import { ADMINS, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

/** The name of a queue; newer ones may come. */
const queue = z.string();

const failedJob = z.object({
  id: z.uuid(),
  queue,
  created_at: schema.time,
  failed_at: schema.time.nullable(),
  attempts: z.int(),
  /** The first line of what went wrong. */
  error: z.string().nullable(),
});

export const systemRoutes = {
  readSystem: route({
    summary:
      'How the work of the desk goes: queues, mail in and out, since when something waits, and what could not be sent',
    access: ADMINS,
    scope: 'settings:read',
    /** Counts end at 10,000. */
    response: z.object({
      queues: z.array(
        z.object({
          name: queue,
          waiting: z.int(),
          active: z.int(),
          failed: z.int(),
          /** Since when the oldest of them could have begun. */
          oldest_at: schema.time.nullable(),
        }),
      ),
      mail_in: z.object({
        /** Found in a mailbox or handed in, and not come to an end yet. */
        waiting: z.int(),
        oldest_at: schema.time.nullable(),
        last_at: schema.time.nullable(),
      }),
      mail_out: z.object({
        waiting: z.int(),
        sending: z.int(),
        /** Handed over, and the server did not say whether it took it. */
        ambiguous: z.int(),
        /** Within the last 30 days. */
        failed: z.int(),
        oldest_at: schema.time.nullable(),
        last_at: schema.time.nullable(),
      }),
      /** Of the last 30 days, newest first, 50 at most. */
      failed_mails: z.array(
        z.object({
          id: z.int(),
          recipient: z.string(),
          template: z.string(),
          reason: z.string(),
          failed_at: schema.time,
          ticket: z.object({ id: z.int(), ticket_number: z.string() }).nullable(),
        }),
      ),
    }),
  }),
  listFailedJobs: route({
    summary: 'Jobs that failed as often as they are tried, within the last hour, newest first, 100 at most',
    access: ADMINS,
    scope: 'settings:read',
    response: z.object({ results: z.array(failedJob) }),
  }),
  retryJob: route({
    summary: 'Put a new job in the place of one that failed',
    access: ADMINS,
    scope: 'settings:write',
    params: z.strictObject({ id: z.uuid() }),
    response: z.object({ queue }),
  }),
} satisfies Record<keyof typeof SYSTEM_PATHS, Route>;
