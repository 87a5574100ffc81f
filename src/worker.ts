import type { PgBoss } from 'pg-boss';
import type { Handlers, QueueName } from './jobs/queues.ts';
import { QUEUES } from './jobs/queues.ts';
import { headText, readAuditHead } from './db/read-audit-head.ts';
import type { RunTransaction } from './db/transaction.ts';
import { expireKeys } from './db/idempotency.ts';
import { scanFiles, type ScanDeps } from './integrations/virus-scan/scan-files.ts';
import { forgetDeliveries } from './integrations/webhooks/deliveries.ts';
import { webhookSender, type WebhookDeps } from './integrations/webhooks/send-deliveries.ts';
import { sendTickets, type WorkflowDeps } from './integrations/workflow/send-tickets.ts';
import { forgetCallbacks } from './integrations/workflow/take-callback.ts';
import type { Log } from './log.ts';
import type { MailboxTools } from './mail/doctor/mailbox-tools.ts';
import { ingestMessages, type IngestDeps } from './mail/inbound/ingest-messages.ts';
import { raiseAlarms } from './mail/inbound/raise-alarms.ts';
import type { MailboxWatch } from './mail/inbound/watch-mailboxes.ts';
import { makeDigests } from './mail/outbound/make-digests.ts';
import { notifyAccounts } from './mail/outbound/notify-accounts.ts';
import { notifyEvents, type NotifyDeps } from './mail/outbound/notify-events.ts';
import { recoverOutbox } from './mail/outbound/recover-outbox.ts';
import { sendMessages, type SendDeps } from './mail/outbound/send-messages.ts';
import { sweep } from './mail/sweep.ts';
import { enforceRetention } from './retention/enforce-retention.ts';
import { sweepUnused } from './retention/sweep-unused.ts';
import { sendLinks } from './people/send-links.ts';
import { forgetTasks } from './tasks/forget-tasks.ts';
import { runTasks } from './tasks/run-tasks.ts';
import { CLOSED_AT_ONCE, closeResolved } from './tickets/close-resolved.ts';
import { faultPoint } from './fault-point.ts';

export interface WorkerDeps {
  boss: PgBoss;
  transaction: RunTransaction;
  log: Log;
  /** Begins to read the mailboxes that no other worker reads. */
  watch: () => MailboxWatch;
  /** Derives the tokens of links sent by mail. */
  links: Buffer;
  ingest: IngestDeps;
  notify: NotifyDeps;
  /** Doctor and dry run of mailboxes. */
  mailboxes: MailboxTools;
  send: SendDeps;
  workflow: WorkflowDeps;
  webhooks: WebhookDeps;
  scan: ScanDeps;
}

type Ids = { ids: number[] };
const idsOf = (jobs: readonly Ids[]) => [...new Set(jobs.flatMap(({ ids }) => ids))];

/** Milliseconds between two looks for rows without a job. */
const SWEEP_EVERY = 15_000;
/** Milliseconds between two looks for what webhooks are to be told: a trigger writes it, beside each line of history. */
const WEBHOOKS_EVERY = 2000;
/** Milliseconds between two looks for files that are to be scanned; while there are some it goes on at once. */
const SCAN_EVERY = 2000;
/** Milliseconds between two looks for tickets that close by themselves. */
const CLOSE_EVERY = 600_000;
/** Milliseconds between two looks for what is to be deleted for its age, and for blobs to which nobody refers any more. */
const RETENTION_EVERY = 3600_000;
const BLOBS_EVERY = 6 * 3600_000;
/** Milliseconds between two looks whether it is time for the digest. */
const DIGEST_EVERY = 300_000;
/** A day: so often the end of the audit log goes into the log of the desk, which lies elsewhere. */
const HEAD_EVERY = 24 * 3600_000;

/** The whole background side on one screen: queue name → function. A queue without a handler does not compile. */
function handlersOf(
  { transaction, log, links, ingest, notify, send, workflow, mailboxes: tools }: WorkerDeps,
  mailboxes: MailboxWatch,
  stopping: AbortSignal,
): Handlers {
  const tasks = { transaction, log, links, mailboxes: tools };
  return {
    'poll-mailbox': async ([job]) => void (job && (await mailboxes.wake(job.mailboxId))),
    'ingest-messages': (jobs) => ingestMessages(ingest, idsOf(jobs)),
    'notify-events': async (jobs) => {
      for (const ids of parts(idsOf(jobs))) await transaction((tx) => notifyEvents(tx, ids, notify));
    },
    'send-links': (jobs) => transaction((tx) => sendLinks(tx, idsOf(jobs), links)),
    'notify-accounts': (jobs) => transaction((tx) => notifyAccounts(tx, idsOf(jobs), notify)),
    'send-workflow': (jobs) => sendTickets(transaction, idsOf(jobs), workflow, stopping),
    'run-tasks': (jobs) => runTasks(tasks, idsOf(jobs)),
    'look-tasks': (jobs) => runTasks(tasks, idsOf(jobs)),
    'send-messages': async (jobs) => {
      await sendMessages(transaction, idsOf(jobs), send);
      faultPoint('O7');
    },
  };
}

async function sweepAll(tx: Parameters<typeof sweep>[0], log: Log): Promise<void> {
  await sweep(tx);
  await raiseAlarms(tx, log);
  await recoverOutbox(tx);
  await expireKeys(tx);
  await forgetTasks(tx);
  await forgetCallbacks(tx);
  await forgetDeliveries(tx);
}

async function closeAll(transaction: RunTransaction): Promise<void> {
  while ((await transaction(closeResolved)) === CLOSED_AT_ONCE);
}

async function scanAll(transaction: RunTransaction, deps: ScanDeps, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted && (await scanFiles(transaction, deps, stopping)) > 0);
}

async function logHead(transaction: RunTransaction, log: Log): Promise<void> {
  log.info({ auditHead: headText(await transaction(readAuditHead)) }, 'end of the audit log');
}

/** Takes on jobs and keeps looking for rows that lost theirs. `stop` lets what is running finish. */
export async function startWorker(deps: WorkerDeps): Promise<{ stop(): Promise<void> }> {
  const { boss, transaction, log } = deps;
  // What a crash left is due now, not after the sweeper's patience.
  await transaction(async (tx) => {
    await sweep(tx, 0);
    await recoverOutbox(tx);
  });
  await transaction(closeResolved); // the others in their turn: jobs do not wait for them
  await logHead(transaction, log);
  const mailboxes = deps.watch();
  /** What others are asked may take longer than the shutdown. */
  const stop = new AbortController();
  const handlers = handlersOf(deps, mailboxes, stop.signal);
  for (const name of Object.keys(QUEUES) as QueueName[]) await work(boss, name, handlers, log);

  let deleting = Promise.resolve();
  /** At the start too, and in its turn: jobs do not wait for it. */
  const deleteOld = () =>
    (deleting = deleting
      .then(() => enforceRetention({ transaction, log, stopping: () => stop.signal.aborted }))
      .then(
        () => undefined,
        (error: unknown) => log.warn({ err: error }, 'retention'),
      ));
  void deleteOld();
  const every = (milliseconds: number, turn: () => Promise<void>) =>
    setInterval(() => {
      turn().catch((error: unknown) => log.warn({ err: error }, 'sweeper'));
    }, milliseconds);
  /** One turn at a time, which ends when nothing is due any more. */
  let scans: Promise<void> | null = null;
  const scanning = () => (scans ??= scanAll(transaction, deps.scan, stop.signal).finally(() => (scans = null)));
  const webhooks = webhookSender(transaction, log, deps.webhooks);
  const timers = [
    every(WEBHOOKS_EVERY, () => webhooks.turn()),
    every(SCAN_EVERY, scanning),
    every(SWEEP_EVERY, () => transaction((tx) => sweepAll(tx, log))),
    every(CLOSE_EVERY, () => closeAll(transaction)),
    every(RETENTION_EVERY, deleteOld),
    every(BLOBS_EVERY, async () => void (await sweepUnused({ ...deps, blobs: deps.send.blobs }))),
    every(DIGEST_EVERY, async () => void (await transaction((tx) => makeDigests(tx, deps.notify)))),
    every(HEAD_EVERY, () => logHead(transaction, log)),
  ];
  return {
    async stop() {
      stop.abort();
      timers.forEach(clearInterval);
      await deleting;
      await webhooks.settle();
      await (scans as Promise<void> | null)?.catch(() => undefined); // it was told when it happened
      await mailboxes.stop();
      await Promise.all((Object.keys(QUEUES) as QueueName[]).map((name) => boss.offWork(name, { wait: true })));
    },
  };
}

async function work<Q extends QueueName>(boss: PgBoss, name: Q, handlers: Handlers, log: Log): Promise<void> {
  const { batch, data } = QUEUES[name];
  const options = {
    batchSize: batch,
    pollingIntervalSeconds: 2,
    notifyPollingIntervalSeconds: 'poll' in QUEUES[name] ? QUEUES[name].poll : 5,
    burstWhenBatchFull: batch > 1,
  };
  await boss.work(name, options, async (jobs) => {
    const payloads = jobs.map((job) => data.parse(job.data));
    try {
      // TypeScript cannot see that queue and payload come from the same row of QUEUES.
      await handlers[name](payloads as never);
    } catch (error) {
      log.error({ err: error, queue: name }, 'job failed; its rows are tried again');
      throw error;
    }
  });
}

/** Events of one transaction. */
const PART = 200;

function parts(ids: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(ids.length / PART) }, (_, i) => ids.slice(i * PART, (i + 1) * PART));
}
