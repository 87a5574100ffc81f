import type { Transaction } from '../../db/transaction.ts';
import type { AccountTemplate } from '../../people/account-notice.ts';
import type { Keyring } from '../../secrets.ts';
import { normalizeAddress } from '../addresses.ts';
import { Mailbox } from '../mailbox.ts';
import { isAnyOf } from '../mailboxes/is-any-of.ts';
import { bounceAddress, outboundMessageId } from '../reply-token.ts';
import { startBreaker } from './loop-breaker.ts';
import { whyNotTo } from './notice.ts';
import { OutboundMessage } from './outbound-message.ts';

interface DueNotice {
  id: string;
  employee_id: string;
  template: AccountTemplate;
  email: string;
  recipient: string | null;
  locale: string;
  secret: boolean;
}

/**
 * Turns account notices into outbound rows, one each, with its Message-ID; one that must not go out is kept with its reason. A notice that
 * another worker has, or that is done, is left alone.
 */
export async function notifyAccounts(
  tx: Transaction,
  ids: readonly number[],
  deps: { keyring: Keyring },
): Promise<void> {
  const due = await lockNotices(tx, ids);
  const mailboxes = await tx.em.find(Mailbox, {}, { orderBy: { id: 'asc' } });
  const [mailbox] = mailboxes;
  // What tells of a mailbox in trouble goes by another one, where there is one.
  const well = mailboxes.find(({ enabled, state }) => enabled && state === 'ok') ?? mailbox;
  if (due.length === 0 || !mailbox) return;
  const next = await tx.em.execute<{ id: string }[]>(
    `select nextval(pg_get_serial_sequence('outbound_message', 'id')) as id from generate_series(1, ?)`,
    [due.length],
  );
  const recipientOf = ({ recipient, email }: DueNotice) => normalizeAddress(recipient ?? email);
  const breaker = await startBreaker(
    tx,
    due.map((notice) => ({ address: recipientOf(notice), ticketId: null })),
  );
  const rows = [];
  for (const [at, notice] of due.entries()) {
    const id = Number(next[at]?.id);
    const from = notice.template === 'mailbox-failing' && well ? well : mailbox;
    const recipient = recipientOf(notice);
    const refused = whyNotTo(recipient, isAnyOf(mailboxes, recipient));
    // Somebody asked for it at the portal: an address that is stopped gets it all the same, but not without end.
    const asked = { address: recipient, ticketId: null, personal: false, byMail: false, asked: true };
    const reason = refused ?? (await breaker.admit(asked))?.reason ?? null;
    rows.push({
      id,
      accountNoticeId: Number(notice.id),
      person: Number(notice.employee_id),
      mailbox: from.id,
      template: notice.template,
      locale: notice.locale,
      recipient,
      envelopeFrom: bounceAddress(deps.keyring, from, id),
      messageId: outboundMessageId(deps.keyring, from, id),
      secret: notice.secret,
      state: reason ? ('suppressed' as const) : ('pending' as const),
      reason,
      sendAfter: tx.now,
      createdAt: tx.now,
      finishedAt: reason ? tx.now : null,
    });
  }
  await tx.em.insertMany(OutboundMessage, rows);
  for (const { id, state } of rows) if (state === 'pending') tx.wake('send-messages', id);
  await tx.em.execute(`update account_notice set state = 'done' where id in (?)`, [due.map(({ id }) => id)]);
}

/** Locked in the order of their ids; who comes second skips them. */
async function lockNotices({ em }: Transaction, ids: readonly number[]): Promise<DueNotice[]> {
  if (ids.length === 0) return [];
  return em.execute<DueNotice[]>(
    `select n.id, n.employee_id, n.template, n.recipient, n.link_id is not null as secret, e.email, e.locale from account_notice n join employee e on e.id = n.employee_id
      where n.id in (?) and n.state = 'pending' order by n.id for no key update of n skip locked`,
    [[...ids]],
  );
}
