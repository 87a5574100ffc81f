import { prepared, runPrepared } from '../../db/prepared.ts';
import type { Transaction } from '../../db/transaction.ts';
import type { Trust } from '../../tickets/comment.ts';
import type { Decision } from './decide.ts';
import type { InboundMail } from './inbound-mail.ts';
import type { KnownMessage } from './lookup.ts';

const STATES = {
  'open-ticket': 'applied',
  'add-comment': 'applied',
  'record-bounce': 'suppressed',
  suppress: 'suppressed',
  quarantine: 'quarantined',
} as const satisfies Record<Decision['do'], string>;

/** The end of a delivery that never became a mail: its outcome and the reason for it, and the ticket that a person made of it all the same. */
export async function finishUnread(
  tx: Transaction,
  id: number,
  decision: Decision,
  made: { ticketId: number | null; commentId: number | null } = { ticketId: null, commentId: null },
): Promise<void> {
  await tx.em.execute(
    `update inbound_message set state = ?, decision = ?, reason = ?, finished_at = ?, ticket_id = ?, comment_id = ? where id = ?`,
    [STATES[decision.do], decision.do, decision.reason, tx.now, made.ticketId, made.commentId, id],
  );
}

export interface Finished {
  id: number;
  decision: Decision;
  mail: InboundMail;
  trust: Trust;
  /** What was known when it was decided, for whoever asks why. */
  facts: Record<string, unknown>;
  ticketId: number | null;
  commentId: number | null;
}

/** What people did with it before stands beside what is known of it now. */
const COLUMNS = `state = ?, decision = ?, reason = ?, trust = ?, from_address = ?, subject = ?, facts = coalesce(facts, '{}') || ?::jsonb, ticket_id = ?::bigint,
  comment_id = ?::bigint, finished_at = ?`;

const REMEMBER = prepared(
  'remember-message',
  `
  with m as (
    insert into mail_message (message_id, content_hash, collides, ticket_id, comment_id, created_at) values (?, ?, ?, ?::bigint, ?::bigint, ?)
      returning id),
  r as (
    insert into mail_reference (mail_message_id, position, reference)
      select m.id, n.ordinality, n.value from m, jsonb_array_elements_text(?::jsonb) with ordinality as n(value, ordinality))
  update inbound_message set ${COLUMNS}, mail_message_id = m.id from m where inbound_message.id = ? returning m.id`,
);

/** Ends a delivery of a message that was not seen before, and remembers the message with what it refers to. Gives the message's id. */
export async function finishFirst(
  tx: Transaction,
  given: Finished & { identity: string; collides: boolean },
): Promise<number> {
  const { mail, identity, collides, ticketId, commentId } = given;
  const [row] = await runPrepared<{ id: string }>(tx.em, REMEMBER, [
    ...[identity, mail.contentHash, collides, ticketId, commentId, tx.now],
    JSON.stringify(mail.references),
    ...columns(tx, given),
    given.id,
  ]);
  return Number(row?.id);
}

/** Ends a further delivery of a message that is known, or its only one that was judged again. */
export async function finishAgain(tx: Transaction, given: Finished, message: KnownMessage): Promise<void> {
  await tx.em.execute(`update inbound_message set ${COLUMNS}, mail_message_id = ? where id = ?`, [
    ...columns(tx, given),
    ...[message.id, given.id],
  ]);
  if (message.ticketId !== null || given.ticketId === null) return;
  await tx.em.execute('update mail_message set ticket_id = ?, comment_id = ? where id = ?', [
    ...[given.ticketId, given.commentId, message.id],
  ]);
}

function columns(tx: Transaction, { decision, mail, trust, facts, ticketId, commentId }: Finished): unknown[] {
  return [
    ...[STATES[decision.do], decision.do, decision.reason, trust, mail.from.address, mail.subject],
    ...[JSON.stringify(facts), ticketId, commentId, tx.now],
  ];
}
