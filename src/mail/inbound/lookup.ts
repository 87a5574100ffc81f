import type { Transaction } from '../../db/transaction.ts';
import type { Person } from '../../people/employee.ts';
import type { Keyring } from '../../secrets.ts';
import { readSettings } from '../../settings/read-settings.ts';
import type { Settings } from '../../settings/schema.ts';
import { lockTickets, type LockedTicket } from '../../tickets/locked-ticket.ts';
import { normalizeAddress } from '../addresses.ts';
import type { Mailbox } from '../mailbox.ts';
import { isProbe, readBounceAddress, readOutboundMessageId, readReplyAddress } from '../reply-token.ts';
import { UNWELCOME } from './decide.ts';
import type { InboundMail } from './inbound-mail.ts';

/** What the tokens of one message point to. */
export interface Pointers {
  reply: { ticketId: number; participantId: number } | null;
  /** Ids of our own outbound messages it refers to, newest first. */
  answers: number[];
  forged: boolean;
  /** The outbound message it is a report about: by the bounce address it came to, else by the Message-ID, or the last reference, of what it returns. */
  bounced: number | 'forged' | null;
  /** It came to a bounce address of ours, where no person writes. */
  toBounceAddress: boolean;
  /** Its own Message-ID is one that we signed. */
  own: boolean;
  /** It is a probe that the desk sent to itself. */
  probe: boolean;
}

interface ParticipantRow {
  id: number;
  ticketId: number;
  employeeId: number;
  confirmed: boolean;
}
/** A logical message we have seen: its identity, and what it became. */
export interface KnownMessage {
  id: number;
  identity: string;
  contentHash: string;
  ticketId: number | null;
  commentId: number | null;
  /** Mailboxes that do not take its sender, where it waits in quarantine: nothing was said of any other one. */
  refusedIn: readonly number[];
}
interface OutboundRow {
  id: number;
  ticketId: number | null;
  recipientId: number | null;
}

/**
 * All rows that a batch of messages may need, read in a fixed number of queries, however many messages there are. What one
 * message of the batch writes is added, so that the next one finds it.
 */
export interface Lookup {
  employees: Map<string, Person>;
  messages: Map<string, KnownMessage[]>;
  participants: Map<number, ParticipantRow>;
  /** `ticket:employee` of confirmed participants. */
  confirmed: Set<string>;
  outbound: Map<number, OutboundRow>;
  tickets: Map<number, LockedTicket>;
  /** By the identity of a message: tickets of messages that refer to it, oldest first. */
  awaited: Map<string, number[]>;
  settings: Settings;
}

/** The addresses where a reply token may stand: envelope, To, Cc (T01: nowhere else, never the subject). */
export function pointersOf(
  keyring: Keyring,
  mailbox: Pick<Mailbox, 'id' | 'address'>,
  mail: InboundMail,
  envelopeTo: string | null,
): Pointers {
  const addresses = [...(envelopeTo?.split(',') ?? []), ...[...mail.to, ...mail.cc].map(({ address }) => address)];
  const replies = addresses.map((address) => readReplyAddress(keyring, mailbox, address.trim()));
  const references = mail.references.map((reference) => readOutboundMessageId(keyring, mailbox, reference));
  const bounces = addresses.map((address) => readBounceAddress(keyring, mailbox, address.trim()));
  const { originalMessageId, originalReference } = mail.class;
  const returned = [originalMessageId, originalReference].map((id) =>
    id === null ? null : readOutboundMessageId(keyring, mailbox, id),
  );
  return {
    reply: replies.find((reply) => reply !== null && reply !== 'forged') ?? null,
    answers: references.flatMap((reference) =>
      reference === null || reference === 'forged' ? [] : [reference.outboxId],
    ),
    forged: [...replies, ...references].includes('forged'),
    bounced: [...bounces, ...returned].reduce<Pointers['bounced']>(better, null),
    toBounceAddress: bounces.some((bounce) => bounce !== null && bounce !== 'forged'),
    own: mail.messageId !== null && isOwn(readOutboundMessageId(keyring, mailbox, mail.messageId)),
    probe: mail.messageId !== null && isProbe(keyring, mailbox, mail.messageId),
  };
}

/** The first that is genuine; a forged one is worth a word only where there is none. */
function better(known: Pointers['bounced'], read: ReturnType<typeof readOutboundMessageId>): Pointers['bounced'] {
  if (typeof known === 'number' || read === null) return known;
  return read === 'forged' ? 'forged' : read.outboxId;
}

function isOwn(read: ReturnType<typeof readOutboundMessageId>): boolean {
  return read !== null && read !== 'forged';
}

/**
 * Reads and locks what a batch needs. Tickets are locked in the order of their ids, and what the batch may be the first to write (people,
 * messages) in the order of its hash, so that two batches cannot deadlock.
 */
export async function loadLookup(
  tx: Transaction,
  mails: readonly { mail: InboundMail; identity: string; pointers: Pointers }[],
): Promise<Lookup> {
  await lockNames(
    tx,
    // The direct parent too: it may be applied at the same time by somebody else, and must find its answer.
    mails.flatMap(({ mail, identity }) => [
      normalizeAddress(mail.from.address),
      identity,
      ...mail.references.slice(0, 1),
    ]),
  );
  const employees = await findEmployees(
    tx,
    mails.map(({ mail }) => normalizeAddress(mail.from.address)),
  );
  const messages = await findMessages(
    tx,
    mails.flatMap(({ mail, identity }) => [identity, ...mail.references]),
  );
  const outbound = await findOutbound(
    tx,
    mails.flatMap(({ pointers: { answers, bounced } }) =>
      typeof bounced === 'number' ? [...answers, bounced] : answers,
    ),
  );
  const awaited = await findAwaited(
    tx,
    mails.map(({ identity }) => identity),
  );
  const tokenTickets = mails.flatMap(({ pointers }) => (pointers.reply ? [pointers.reply.ticketId] : []));
  const referenced = [...messages.values()].flat().flatMap(({ ticketId }) => ticketId ?? []);
  const answered = [...outbound.values()].flatMap(({ ticketId }) => ticketId ?? []);
  const waiting = [...awaited.values()].flat();
  const tickets = await lockTickets(tx, [...new Set([...tokenTickets, ...referenced, ...answered, ...waiting])]);
  const participants = await findParticipants(tx, [...tickets.keys()]);
  const confirmed = new Set(
    [...participants.values()].filter(({ confirmed }) => confirmed).map((p) => `${p.ticketId}:${p.employeeId}`),
  );
  return { employees, messages, participants, confirmed, outbound, tickets, awaited, settings: await readSettings(tx) };
}

/** Held until the transaction ends: whoever writes the same sender or message waits here, not at the unique index in any order. */
async function lockNames({ em }: Transaction, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await em.execute(
    `select pg_advisory_xact_lock(key) from
       (select distinct hashtextextended(name, 0) as key from jsonb_array_elements_text(?::jsonb) as n(name) order by key) as ordered`,
    [JSON.stringify(names.map((name) => name.replaceAll('\0', '')))],
  );
}

async function findEmployees({ em }: Transaction, addresses: string[]): Promise<Map<string, Person>> {
  const wanted = [...new Set(addresses)].filter(Boolean);
  if (wanted.length === 0) return new Map();
  const rows = await em.execute<(Omit<Person, 'id' | 'departmentId'> & { id: string; department_id: string | null })[]>(
    'select id, email, role, status, department_id from employee where email in (?)',
    [wanted],
  );
  return new Map(
    rows.map(({ id, email, role, status, department_id }) => [
      email,
      { id: Number(id), email, role, status, departmentId: numberOrNull(department_id) },
    ]),
  );
}

async function findMessages({ em }: Transaction, identities: string[]): Promise<Map<string, KnownMessage[]>> {
  const wanted = [...new Set(identities)];
  if (wanted.length === 0) return new Map();
  const rows = await em.execute<
    {
      id: string;
      message_id: string;
      content_hash: string;
      ticket_id: string | null;
      comment_id: string | null;
      refused_in: number[];
    }[]
  >(
    `select m.id, m.message_id, m.content_hash, m.ticket_id, m.comment_id,
            array(select i.mailbox_id::int from inbound_message i where i.mail_message_id = m.id and i.state = 'quarantined' and starts_with(i.reason, ?)) as refused_in
       from mail_message m where m.message_id in (?) order by m.id`,
    [UNWELCOME, wanted],
  );
  const known = rows.map((row) => ({
    ...{ id: Number(row.id), identity: row.message_id, contentHash: row.content_hash },
    ...{ ticketId: numberOrNull(row.ticket_id), commentId: numberOrNull(row.comment_id), refusedIn: row.refused_in },
  }));
  return Map.groupBy(known, ({ identity }) => identity);
}

/** Answers that came before what they answer (their references were kept). */
async function findAwaited({ em }: Transaction, identities: string[]): Promise<Map<string, number[]>> {
  if (identities.length === 0) return new Map();
  const rows = await em.execute<{ reference: string; ticket_id: string }[]>(
    `select r.reference, m.ticket_id from mail_reference r join mail_message m on m.id = r.mail_message_id
      where r.reference in (?) and m.ticket_id is not null order by m.id`,
    [[...new Set(identities)]],
  );
  const byReference = Map.groupBy(rows, ({ reference }) => reference);
  return new Map([...byReference].map(([reference, found]) => [reference, found.map((row) => Number(row.ticket_id))]));
}

const numberOrNull = (text: string | null) => (text === null ? null : Number(text));

async function findOutbound({ em }: Transaction, ids: number[]): Promise<Map<number, OutboundRow>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await em.execute<{ id: string; ticket_id: string | null; recipient_id: string | null }[]>(
    'select id, ticket_id, recipient_id from outbound_message where id in (?)',
    [wanted],
  );
  return new Map(
    rows.map((row) => [
      Number(row.id),
      { id: Number(row.id), ticketId: numberOrNull(row.ticket_id), recipientId: numberOrNull(row.recipient_id) },
    ]),
  );
}

async function findParticipants({ em }: Transaction, ticketIds: number[]): Promise<Map<number, ParticipantRow>> {
  if (ticketIds.length === 0) return new Map();
  const rows = await em.execute<{ id: string; ticket_id: string; employee_id: string; state: string }[]>(
    'select id, ticket_id, employee_id, state from participant where ticket_id in (?)',
    [ticketIds],
  );
  return new Map(
    rows.map((row) => [
      Number(row.id),
      {
        id: Number(row.id),
        ticketId: Number(row.ticket_id),
        employeeId: Number(row.employee_id),
        confirmed: row.state === 'confirmed',
      },
    ]),
  );
}
