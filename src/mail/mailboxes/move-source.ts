import type { Transaction } from '../../db/transaction.ts';
import { POLLED, type Mailbox } from '../mailbox.ts';

type Place = Pick<Mailbox, 'source' | 'sourceConfig'>;

/** Whether both are the same account of the same server, so that a key of one means the same message in the other. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.source === other.source && accountOf(one) === accountOf(other);
}

/** What names the account. Of a Gmail consent nothing does: it is checked to be that of the mailbox's address. */
function accountOf({ sourceConfig }: Place): string {
  const { host, user, path, credentials } = sourceConfig as {
    host?: string;
    user?: string;
    path?: string;
    credentials?: { subject?: string };
  };
  return JSON.stringify([host?.toLowerCase(), user, path, credentials?.subject]);
}

/**
 * A mailbox is about to be read from another account: keys of the one before would hide messages of this one that have the same (IMAP servers number
 * from 1). They are kept under another name; what was not fetched yet cannot be any more, and says so. What is there is history again.
 */
export async function moveSource({ em, now }: Transaction, mailbox: Mailbox): Promise<void> {
  Object.assign(mailbox, { cursor: {}, liveSince: null, reconciledAt: null, deepReconciledAt: null });
  Object.assign(mailbox, { lastPolledAt: null, renumberedAt: [], pushUntil: null });
  if (!POLLED.some((kind) => kind === mailbox.source)) return;
  await em.execute(
    `update inbound_message set state = 'quarantined', decision = 'quarantine', reason = ?, finished_at = ? where mailbox_id = ? and state = 'discovered'`,
    ['never fetched: the mailbox was given another account before', now, mailbox.id],
  );
  await em.execute('update inbound_message set untold = false where mailbox_id = ? and untold', [mailbox.id]);
  await em.execute(
    `update inbound_key set source_key = ? || source_key where mailbox_id = ? and source_key !~ '^(smtp|sha256|moved):'`,
    [`moved:${mailbox.version}:`, mailbox.id],
  );
}
