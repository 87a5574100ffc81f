import { POLLED, type Mailbox } from '../mailbox.ts';
import { fail, ok, warn, type Finding } from '../sources/finding.ts';
import type { Source } from '../sources/source.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';
import { examineDrop, type Drop } from './examine-drop.ts';

export interface ExamineDeps {
  sourceOf: (mailbox: Mailbox) => Source;
  drops: readonly Drop[];
  now: Date;
}

/** Longer without a look at a polled mailbox, and no worker reads it. */
const LATE = 5 * 60_000;

/** Looks at all that may keep a mailbox from being read: what the desk last noted, and its source now. Changes nothing. */
export async function examineMailbox(mailbox: Mailbox, deps: ExamineDeps): Promise<Finding[]> {
  const polled = POLLED.some((kind) => kind === mailbox.source);
  const off = ok('reading', 'the mailbox is switched off');
  if (!mailbox.enabled && !polled) return [off];
  if (mailbox.source === 'http') return [ok('reading', 'mail is pushed to it by HTTP')];
  if (!polled) return examineDrop(deps.drops);
  // One that is to be switched on is looked at before.
  const reading = mailbox.enabled ? [judgeReading(mailbox, deps.now), ...judgePush(mailbox, deps.now)] : [off];
  return [...reading, ...(await examineSource(mailbox, deps))];
}

function judgeReading({ state, lastError, lastPolledAt, troubleSince }: Mailbox, now: Date): Finding {
  const said = lastError ?? 'it did not say why';
  if (state === 'stopped')
    return fail('reading', `the desk has stopped: ${said}`, 'Find out at the server why its messages get new numbers');
  if (state === 'failing')
    return warn(
      'reading',
      `not read since ${timeOf(troubleSince ?? now)}: ${said}`,
      'What follows shows whether it can be read now',
    );
  if (!lastPolledAt) return warn('reading', 'not read yet', 'Start the desk (smartsupport start, or worker)');
  if (now.getTime() - lastPolledAt.getTime() > LATE)
    return warn(
      'reading',
      `last read ${timeOf(lastPolledAt)}`,
      'See whether a worker is running (smartsupport start, or worker)',
    );
  return ok('reading', `last read ${timeOf(lastPolledAt)}`);
}

/** Less than this left, and the daily renewal has failed for days. */
const PUSH_ALARM = 48 * 3_600_000;

/** Nothing where nobody was asked to push. */
function judgePush({ pushUntil }: Mailbox, now: Date): Finding[] {
  if (!pushUntil) return [];
  const left = pushUntil.getTime() - now.getTime();
  if (left > PUSH_ALARM) return [ok('push', `Gmail pushes news until ${timeOf(pushUntil)}, renewed daily`)];
  const text = `Gmail ${left > 0 ? 'stops' : 'stopped'} pushing news at ${timeOf(pushUntil)}; the mailbox is polled all the same`;
  return [warn('push', text, 'See GMAIL_PUSH_TOPIC: gmail-api-push@system.gserviceaccount.com must be its publisher')];
}

const timeOf = (at: Date) => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

async function examineSource(mailbox: Mailbox, { sourceOf }: ExamineDeps): Promise<Finding[]> {
  try {
    const source = sourceOf(mailbox);
    try {
      return (await source.examine?.()) ?? [];
    } finally {
      await source.close?.();
    }
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return [
      fail('configuration', error.message, 'Correct the configuration of the mailbox, or enter its credentials again'),
    ];
  }
}
