import { randomInt } from 'node:crypto';
import type { Mailbox } from '../mailbox.ts';
import type { Source } from '../sources/source.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';
import { acknowledgeDone } from './acknowledge.ts';
import { fetchMessages, type FetchDeps } from './fetch-messages.ts';
import { keepPushed } from './keep-pushed.ts';
import { noteTrouble } from './mailbox-health.ts';
import { raiseAlarms } from './raise-alarms.ts';
import { pollMailbox, type ReadState } from './poll-mailbox.ts';
import { RECONCILE, reconcileMailbox, type Depth } from './reconcile-mailbox.ts';

/** One mailbox that is being read, by this worker alone. */
export interface Reading {
  readonly version: number;
  /** There may be news. */
  wake(): void;
  /** Messages came to an end, the source may be told. */
  tell(): void;
  end(): Promise<void>;
}

/** Milliseconds between two polls of a source that says nothing about it. */
const POLL_EVERY = 10_000;
/** Milliseconds after a failure, doubled each time; what only a person can mend is tried less often. */
const BACKOFF = { first: 1000, most: 60_000, hopeless: 120_000 };

/**
 * Reads a mailbox until it is told to end: polls when woken or when it is time, fetches what is due, tells what is done, compares. Whatever fails is
 * noted on the mailbox, and it goes on after a while. No other mailbox waits for it.
 */
export function readMailbox(deps: FetchDeps, mailbox: Mailbox, source: Source): Reading {
  const { log, transaction } = deps;
  const mailboxId = mailbox.id;
  const wanted = { poll: true, tell: true };
  const askForPush = keepPushed(deps, mailbox, source);
  let state: ReadState = mailbox;
  let compared = { soon: timeOf(mailbox.reconciledAt), deep: timeOf(mailbox.deepReconciledAt) };
  let mark: string | null = null;
  let ended = false;
  let failures = 0;
  let pollAt = 0;
  let rouse: () => void = () => undefined;

  const want = (what: keyof typeof wanted) => () => {
    wanted[what] = true;
    rouse();
  };

  /** false: the mailbox was stopped. */
  async function turn(): Promise<boolean> {
    if (wanted.poll) {
      wanted.poll = false;
      const polled = await pollMailbox(transaction, state, source);
      state = polled.state;
      pollAt = Date.now() + (source.pollEvery ?? POLL_EVERY);
      if (polled.stopped) return false;
    }
    for (let more = true; more && !ended && !wanted.poll;) more = (await fetchMessages(deps, state, source)).more;
    wanted.tell = false;
    await acknowledgeDone(transaction, mailboxId, source).catch((error: unknown) => {
      log.warn({ err: error, mailboxId }, 'source could not be told; it is told at the next turn');
    });
    await askForPush();
    const depth = dueDepth();
    if (!depth || wanted.poll || ended) return true;
    const reconciled = await reconcileMailbox(deps, state, source, depth, mark);
    ({ state, mark } = reconciled);
    compared = { soon: Date.now(), deep: depth === 'deep' ? Date.now() : compared.deep };
    wanted.poll ||= reconciled.missed > 0;
    return !reconciled.stopped;
  }

  function dueDepth(): Depth | null {
    return (['deep', 'soon'] as const).find((depth) => Date.now() - compared[depth] >= RECONCILE[depth].every) ?? null;
  }

  async function run(): Promise<void> {
    while (!ended) {
      let troubled = false;
      try {
        if (!(await turn())) return await report(null);
        failures = 0;
      } catch (error) {
        if (ended) return;
        await report(error);
        pollAt = Date.now() + pauseAfter(error, failures++);
        wanted.poll = false;
        troubled = true;
      }
      // What is done can wait until the source can be asked again.
      while (!ended && !wanted.poll && (troubled || !wanted.tell) && Date.now() < pollAt) await rest();
      wanted.poll ||= Date.now() >= pollAt;
    }
  }

  async function runAndClose(): Promise<void> {
    try {
      await run();
    } finally {
      await source.close?.();
    }
  }

  async function rest(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, pollAt - Date.now());
    rouse = resolve;
    await promise;
    clearTimeout(timer);
  }

  /** null: the mailbox was stopped, and says why itself. */
  async function report(error: unknown): Promise<void> {
    if (error !== null)
      log[error instanceof SourceUnavailable ? 'warn' : 'error'](
        { err: error, mailboxId },
        'mailbox cannot be read now',
      );
    await transaction(async (tx) => {
      if (error !== null) await noteTrouble(tx, mailboxId, error, (text) => deps.clean?.(mailbox, text) ?? text);
      await raiseAlarms(tx, log, mailboxId);
    }).catch((failure: unknown) => log.error({ err: failure, mailboxId }, 'the trouble of a mailbox cannot be noted'));
  }

  source.onNews?.(want('poll'));
  const running = runAndClose();
  return {
    version: mailbox.version,
    wake: want('poll'),
    tell: want('tell'),
    async end() {
      ended = true;
      rouse();
      await source.close?.();
      await running;
    },
  };
}

const timeOf = (date: Date | null | undefined) => date?.getTime() ?? 0;

function pauseAfter(error: unknown, failures: number): number {
  const doubled = Math.min(BACKOFF.most, BACKOFF.first * 2 ** failures);
  const waited = Math.round(doubled / 2) + randomInt(Math.round(doubled / 2) + 1);
  if (!(error instanceof SourceUnavailable)) return waited;
  if (error.until) return Math.max(waited, error.until.getTime() - Date.now());
  return error.trouble === 'unreachable' ? waited : BACKOFF.hopeless;
}
