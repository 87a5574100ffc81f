import type { Mailbox } from '../mailbox.ts';
import type { Source } from '../sources/source.ts';
import type { FetchDeps } from './fetch-messages.ts';
import { newHolder } from './lease-holder.ts';
import { noteTrouble } from './mailbox-health.ts';
import { LEASE, releaseLeases, takeLeases, wantMailbox } from './mailbox-lease.ts';
import { readMailbox, type Reading } from './read-mailbox.ts';

export interface WatchDeps extends FetchDeps {
  /** Opens the source of a polled mailbox; it is closed when its reading ends. Throws when it is not configured well. */
  sourceOf: (mailbox: Mailbox) => Source;
}

/** The mailboxes that this worker reads. */
export interface MailboxWatch {
  /** There may be news in this mailbox, or of it, whoever reads it. */
  wake(mailboxId: number): Promise<void>;
  /** Messages came to an end: their sources may be told. */
  tell(): void;
  /** Ends all reading and lets others go on at once. */
  stop(): Promise<void>;
}

/** Milliseconds between two looks at the leases: a dead worker's mailbox is taken over within a lease and this. */
const LOOK_EVERY = 5000;

/**
 * Reads every polled mailbox that no other worker reads, each on its own: one that hangs or fails delays no other. Which worker has which is decided
 * by leases in the database.
 */
export function watchMailboxes(deps: WatchDeps): MailboxWatch {
  const { transaction, log } = deps;
  const holder = newHolder();
  const readings = new Map<number, Reading>();
  const ending = new Set<Promise<void>>();
  const seen = new Map<number, number>();
  let renewedAt = performance.now();
  let stopped = false;

  function end(id: number): void {
    const reading = readings.get(id);
    readings.delete(id);
    if (!reading) return;
    const done = reading.end().finally(() => ending.delete(done));
    ending.add(done);
  }

  async function begin(mailbox: Mailbox): Promise<void> {
    try {
      readings.set(mailbox.id, readMailbox(deps, mailbox, deps.sourceOf(mailbox)));
    } catch (error) {
      log.error({ err: error, mailboxId: mailbox.id }, 'mailbox cannot be opened');
      await transaction((tx) => noteTrouble(tx, mailbox.id, error));
    }
  }

  async function look(): Promise<void> {
    // Leases that were let go stay so.
    if (stopped) return;
    const held = await transaction((tx) => takeLeases(tx, holder));
    renewedAt = performance.now();
    if (stopped) return;
    const current = new Map(held.map((mailbox) => [mailbox.id, mailbox]));
    for (const [id, { version }] of readings) if (current.get(id)?.version !== version) end(id);
    for (const mailbox of held) {
      if (!readings.has(mailbox.id)) await begin(mailbox);
      const wanted = mailbox.wantedAt?.getTime() ?? 0;
      if (wanted > (seen.get(mailbox.id) ?? wanted)) readings.get(mailbox.id)?.wake();
      seen.set(mailbox.id, wanted);
    }
  }

  async function tryLook(): Promise<void> {
    await look().catch((error: unknown) => {
      log.warn({ err: error }, 'leases of mailboxes');
      // Others may have them by now. What is read twice would be harmless, yet it is theirs.
      if (performance.now() - renewedAt > LEASE * 1000) for (const id of [...readings.keys()]) end(id);
    });
  }

  let looking = tryLook();
  const lookAgain = () => (looking = looking.then(tryLook));
  const timer = setInterval(() => void lookAgain(), LOOK_EVERY);

  return {
    async wake(mailboxId) {
      // It may have been added or changed, or be let go by another worker in this moment.
      await lookAgain();
      const reading = readings.get(mailboxId);
      if (reading) reading.wake();
      else await transaction((tx) => wantMailbox(tx, mailboxId));
    },
    tell() {
      for (const reading of readings.values()) reading.tell();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await looking;
      for (const id of [...readings.keys()]) end(id);
      await Promise.all(ending);
      await transaction((tx) => releaseLeases(tx, holder)).catch((error: unknown) => {
        log.warn({ err: error }, 'leases of mailboxes are left to run out');
      });
    },
  };
}
