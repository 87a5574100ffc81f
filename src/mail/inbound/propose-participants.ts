import type { Transaction } from '../../db/transaction.ts';
import { EVENT_COLUMNS } from '../../tickets/record-event.ts';
import { normalizeAddress, withoutTag } from '../addresses.ts';
import { isRobotAddress } from '../outbound/automatic-address.ts';
import type { ReceivingMailbox } from './delivery.ts';
import type { InboundMail } from './inbound-mail.ts';

/** A mail to more people than this is a circular, and nobody goes through a longer list. */
const MOST = 20;

const ADDRESS = /^[^\s"(),:;<>@[\\\]\p{Cc}]+@[^\s"(),:;<>@[\\\]\p{Cc}]+$/u;

const PROPOSE = `
  with t as (select id, requester_id, assignee_id from ticket where id = ?),
  n as (select * from jsonb_to_recordset(?::jsonb) as n(address text, plain text, name text)),
  p as (insert into participant_proposal (ticket_id, address, name, comment_id, created_at)
    select t.id, n.address, n.name, ?::bigint, ?::timestamptz from t, n
      where not exists (select from mailbox m where m.address = n.plain or n.plain = any(m.aliases))
        and not exists (select from employee e where e.email = n.address and (e.id in (t.requester_id, t.assignee_id)
          or exists (select from participant p where p.ticket_id = t.id and p.employee_id = e.id)))
    on conflict (ticket_id, address) do nothing returning id),
  u as (update ticket set version = version + 1 where id = (select id from t) and exists (select from p) returning id)
  insert into ticket_event (ticket_id, comment_id, ${EVENT_COLUMNS})
    select u.id, ?::bigint, ?::bigint, 'participant_proposed', 'mail', jsonb_build_object('people', (select count(*) from p)), 'none', ?::timestamptz, null from u
  returning id`;

export interface Proposing {
  ticketId: number;
  commentId: number;
  authorId: number;
  mailbox: ReceivingMailbox;
}

/**
 * Remembers to whom a mail of a ticket went beside us. They are proposals and nothing more (T01): nobody reads, writes or gets anything by standing
 * in a Cc. Who takes part or did, was declined, is a machine or the desk itself is not proposed. True: the ticket's history has a line more.
 */
export async function proposeParticipants(tx: Transaction, mail: InboundMail, given: Proposing): Promise<boolean> {
  const people = namedIn(mail, given.mailbox);
  if (people.length === 0) return false;
  const { ticketId, commentId, authorId } = given;
  const written = await tx.em.execute<unknown[]>(PROPOSE, [
    ...[ticketId, JSON.stringify(people), commentId, tx.now],
    ...[commentId, authorId, tx.now],
  ]);
  return written.length > 0;
}

function namedIn({ from, to, cc }: InboundMail, { address, aliases }: ReceivingMailbox) {
  const own = new Set([address, ...aliases].map(normalizeAddress));
  const sender = normalizeAddress(from.address);
  const people = new Map<string, { address: string; plain: string; name: string }>();
  for (const one of [...to, ...cc]) {
    const person = { address: normalizeAddress(one.address), plain: withoutTag(normalizeAddress(one.address)) };
    if (!ADDRESS.test(person.address) || person.address.length > 254 || !person.address.isWellFormed()) continue;
    if (own.has(person.plain) || person.address === sender || isRobotAddress(person.address)) continue;
    if (!people.has(person.address)) people.set(person.address, { ...person, name: nameIn(one.name) });
  }
  return people.size > MOST ? [] : [...people.values()];
}

/** One line that PostgreSQL can keep. */
function nameIn(name: string): string {
  return name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
