import { PgBoss } from 'pg-boss';
import type { Log } from '../log.ts';
import { QUEUES, QUEUE_DEFAULTS, type QueueName } from '../jobs/queues.ts';

/**
 * The job queue. As the app role it never changes the schema: `migrate` made it. `listen` holds one connection for
 * NOTIFY, so that a committed job is started at once; polling stays as the backstop.
 */
export function createBoss(url: string, log: Log, { worker }: { worker: boolean }): PgBoss {
  const boss = new PgBoss({
    connectionString: url,
    migrate: false,
    supervise: worker,
    schedule: false,
    useListenNotify: worker,
    // Both: monitoring is a part of supervision, which is every 60 s unless told.
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 5,
    max: worker ? 6 : 2,
  });
  boss.on('error', (error) => log.error({ err: error }, 'job queue'));
  return boss;
}

/** Makes pg-boss's own schema and our queues; run by the owner. */
export async function migrateBoss(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 2 });
  boss.on('error', () => {}); // start() and createQueue() report by throwing
  await boss.start();
  try {
    for (const name of Object.keys(QUEUES) as QueueName[]) {
      const options = { ...QUEUE_DEFAULTS, ...QUEUES[name].options };
      if (await boss.getQueue(name)) {
        const { policy: _, ...changeable } = options as typeof options & { policy?: string };
        await boss.updateQueue(name, changeable);
      } else await boss.createQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
}
