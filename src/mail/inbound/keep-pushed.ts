import type { RunTransaction } from '../../db/transaction.ts';
import type { Log } from '../../log.ts';
import type { Mailbox } from '../mailbox.ts';
import type { Source } from '../sources/source.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A source pushes for a week; asked for daily, five days are left for whatever fails meanwhile. */
const RENEW_BEFORE_END = 6 * DAY;
/** Milliseconds to the next try after a failure, and before the end of the pushing from which on failures are an alarm. */
const AGAIN_AFTER = HOUR;
const ALARM = 2 * DAY;

/**
 * Has a source that can push news do so, and asks again long before it ends. A push only wakes the poll, so what fails here is no trouble of the
 * mailbox: its mail is found by the polls.
 */
export function keepPushed(
  { transaction, log }: { transaction: RunTransaction; log: Log },
  { id, version, pushUntil }: Pick<Mailbox, 'id' | 'version' | 'pushUntil'>,
  source: Pick<Source, 'pushNews'>,
): () => Promise<void> {
  let until = pushUntil?.getTime() ?? 0;
  let nextAt = until - RENEW_BEFORE_END;

  return async () => {
    if (!source.pushNews || Date.now() < nextAt) return;
    nextAt = Date.now() + AGAIN_AFTER;
    try {
      const end = await source.pushNews();
      await transaction((tx) =>
        tx.em.execute('update mailbox set push_until = ? where id = ? and version = ?', [end, id, version]),
      );
      until = end.getTime();
      nextAt = Math.max(nextAt, until - RENEW_BEFORE_END);
    } catch (error) {
      const level = until - Date.now() < ALARM ? 'error' : 'warn';
      log[level](
        { err: error, mailboxId: id },
        'news of a mailbox are not pushed: asked again in an hour, it is polled',
      );
    }
  };
}
