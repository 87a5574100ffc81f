import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { Transaction } from '../../db/transaction.ts';
import { faultPoint } from '../../fault-point.ts';
import { Employee, isStaff } from '../../people/employee.ts';
import type { Keyring } from '../../secrets.ts';
import { readSettings } from '../../settings/read-settings.ts';
import { Participant } from '../../tickets/participant.ts';
import { staffOf } from '../../tickets/staff-of.ts';
import { watchersOf } from '../../tickets/watchers.ts';
import { TicketEvent } from '../../tickets/ticket-event.ts';
import { TRUSTS } from '../../tickets/comment.ts';
import { STATUSES } from '../../tickets/lifecycle.ts';
import { normalizeAddress } from '../addresses.ts';
import { isAnyOf } from '../mailboxes/is-any-of.ts';
import { Mailbox } from '../mailbox.ts';
import { bounceAddress, outboundMessageId } from '../reply-token.ts';
import { countAcknowledgements, noteAcknowledgement, type Acknowledgements } from './acknowledgements.ts';
import { startBreaker, type Breaker } from './loop-breaker.ts';
import { isPersonal, templateFor, whyNot, type NoticeEvent, type NoticeReader } from './notice.ts';
import { OutboundMessage } from './outbound-message.ts';
import { MAIL_TEMPLATES, type TicketTemplate } from './mail-template.ts';

export interface NotifyDeps {
  keyring: Keyring;
}

/**
 * Turns events into outbound rows: one for each reader and event, its Message-ID fixed now, those that must not go out kept with their
 * reason. An event that another worker has, or that is done, is left alone. The number of queries does not grow with the number of events.
 */
export async function notifyEvents(tx: Transaction, eventIds: readonly number[], deps: NotifyDeps): Promise<void> {
  // What is read here does not change: the flush need not compare it.
  const em = tx.em.fork({ keepTransactionContext: true });
  const events = await lockEvents(tx, em, eventIds);
  if (events.length === 0) return;
  const mailboxes = await em.find(Mailbox, {}, { orderBy: { id: 'asc' } });
  const notices = noticesOf(events, await participantsOf(em, events), await furtherStaff(em, events));
  const receipts = notices.filter(({ template }) => template === 'ticket-received');
  const acknowledged = await countAcknowledgements(
    tx,
    receipts.map(({ event }) => event.ticket.id),
    receipts.map(({ reader }) => reader.address),
  );
  const { feature_acknowledgements: acknowledges } = await readSettings(tx);
  const ids = await reserveIds(tx, notices.length);
  const breaker = await startBreaker(
    tx,
    notices.map(({ event, reader }) => ({ address: reader.address, ticketId: event.ticket.id })),
  );
  const known = { mailboxes, acknowledged, acknowledges, breaker };
  const rows = [];
  for (const [at, notice] of notices.entries()) rows.push(...(await rowOf(tx, notice, ids[at] ?? 0, known, deps)));
  if (rows.length > 0) await tx.em.insertMany(OutboundMessage, rows);
  for (const { id, state } of rows) if (state === 'pending') tx.wake('send-messages', id);
  await tx.em.nativeUpdate(TicketEvent, { id: { $in: events.map(({ id }) => id) } }, { notice: 'done' });
  faultPoint('O1');
}

/** Locked in the order of their ids; who comes second skips them. What waits is left, and asked for again when its time has come. */
async function lockEvents(tx: Transaction, em: EntityManager, ids: readonly number[]): Promise<TicketEvent[]> {
  if (ids.length === 0) return [];
  const found = await em.find(
    TicketEvent,
    { id: { $in: [...ids] }, notice: 'pending' },
    { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, orderBy: { id: 'asc' } },
  );
  const waits = ({ noticeAfter }: TicketEvent) => (noticeAfter ?? tx.now) > tx.now;
  for (const event of found.filter(waits))
    tx.enqueue('notify-events', { ids: [event.id] }, event.noticeAfter ?? undefined);
  const events = found.filter((event) => !waits(event));
  await em.populate(events, ['ticket.requester', 'ticket.assignee', 'actor', 'comment'], { strategy: 'select-in' });
  return events;
}

/** Everyone on a ticket with their participant's row: confirmed participants, and the requester and assignee in any case. */
async function participantsOf(em: EntityManager, events: TicketEvent[]): Promise<Map<number, Participant[]>> {
  const tickets = [...new Set(events.map(({ ticket }) => ticket.id))];
  const confirmed = await em.find(
    Participant,
    { ticket: { $in: tickets }, state: 'confirmed' },
    { populate: ['employee'], orderBy: { id: 'asc' } },
  );
  return Map.groupBy(confirmed, ({ ticket }) => ticket.id);
}

/** Who else of the staff hears of an event, beside everyone on the ticket. */
interface FurtherStaff {
  /** By event: who looks after its ticket, as nobody has it. */
  lookAfter: Map<number, readonly number[]>;
  /** By ticket: who follows it. */
  watchers: Map<number, readonly number[]>;
  people: Map<number, Employee>;
}

/** Those who look after what is new, or what its requester says while nobody has it; and those whom the words name. */
async function furtherStaff(em: EntityManager, events: TicketEvent[]): Promise<FurtherStaff> {
  const unattended = events.filter(
    ({ type, ticket, actor }) =>
      type === 'opened' || (type === 'commented' && !ticket.assignee && actor?.id === ticket.requester.id),
  );
  const staff = await staffOf(
    em,
    unattended.map(({ ticket }) => ticket.id),
  );
  const lookAfter = new Map(unattended.map(({ id, ticket }) => [id, staff.get(ticket.id) ?? []]));
  const watchers = await watchersOf(
    em,
    events.map(({ ticket }) => ticket.id),
  );
  const named = [...[...staff.values(), ...watchers.values()].flat(), ...events.flatMap(mentionsOf)];
  const ids = [...new Set(named)];
  const people = await em.find(Employee, { id: { $in: ids } });
  return { lookAfter, watchers, people: new Map(people.map((person) => [person.id, person])) };
}

function mentionsOf({ data }: TicketEvent): number[] {
  const { mentions } = data;
  return Array.isArray(mentions) ? mentions.filter((id) => typeof id === 'number') : [];
}

interface Notice {
  event: TicketEvent;
  facts: NoticeEvent;
  person: Employee;
  reader: NoticeReader;
  participant: Participant | null;
  template: TicketTemplate;
}

function noticesOf(
  events: TicketEvent[],
  participants: Map<number, Participant[]>,
  { lookAfter, watchers, people: staff }: FurtherStaff,
): Notice[] {
  return events.flatMap((event) => {
    const { ticket } = event;
    const rows = new Map(
      (participants.get(ticket.id) ?? [])
        .filter(({ sinceEventId }) => (sinceEventId ?? 0) <= event.id)
        .map((row) => [row.employee.id, row]),
    );
    const onTicket = new Set(
      [...rows.values()].map(({ employee }) => employee).concat(ticket.requester, ticket.assignee ?? []),
    );
    const looking = new Set(lookAfter.get(event.id));
    const watching = new Set(watchers.get(ticket.id));
    const others = [...looking, ...watching, ...mentionsOf(event)].flatMap((id) => staff.get(id) ?? []);
    const facts = factsOf(event);
    return [...new Set([...onTicket, ...others])].flatMap((person) => {
      const apart = !onTicket.has(person);
      const reader = readerOf(event, person, {
        looksAfter: apart && looking.has(person.id),
        watches: apart && watching.has(person.id),
      });
      const template = templateFor(facts, reader);
      return template ? [{ event, facts, person, reader, participant: rows.get(person.id) ?? null, template }] : [];
    });
  });
}

function factsOf(event: TicketEvent): NoticeEvent {
  const { type, channel, actor, comment, data, ticket } = event;
  const { trust, to, assignee_id, participant_id } = data as Record<string, unknown>;
  return {
    type,
    channel,
    actorId: actor?.id ?? null,
    byStaff: actor ? isStaff(actor) && actor.id !== ticket.requester.id : false,
    mentions: mentionsOf(event),
    assigneeId: typeof assignee_id === 'number' ? assignee_id : null,
    participantId: typeof participant_id === 'number' ? participant_id : null,
    publicWords: comment?.visibility === 'public',
    wordsTrust: comment?.trust ?? null,
    to: STATUSES.find((status) => status === to) ?? null,
    trust: TRUSTS.find((known) => known === trust) ?? null,
    fromKnown: ticket.requester.status === 'approved',
    noAutoAnswer: data['noAutoAnswer'] === true,
    quiet: data['quiet'] === true,
  };
}

function readerOf(
  { ticket }: TicketEvent,
  person: Employee,
  part: Pick<NoticeReader, 'looksAfter' | 'watches'>,
): NoticeReader {
  return {
    id: person.id,
    address: normalizeAddress(person.email),
    status: person.status,
    isRequester: person.id === ticket.requester.id,
    isStaff: isStaff(person),
    ...part,
    preferences: person.preferences,
  };
}

/** Ids before the rows: a Message-ID is made of its row's id. */
async function reserveIds({ em }: Transaction, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await em.execute<{ id: string }[]>(
    `select nextval(pg_get_serial_sequence('outbound_message', 'id')) as id from generate_series(1, ?)`,
    [count],
  );
  return rows.map(({ id }) => Number(id));
}

/** What a batch of rows has in common. */
interface Known {
  mailboxes: readonly Mailbox[];
  acknowledged: Acknowledgements;
  acknowledges: boolean;
  breaker: Breaker;
}

/** A ticket without a mailbox of its own is answered from the first one. Without any there is nothing to send from: no row. */
async function rowOf(
  { now }: Transaction,
  { event, facts, person, reader, participant, template }: Notice,
  id: number,
  { mailboxes, acknowledged, acknowledges, breaker }: Known,
  { keyring }: NotifyDeps,
) {
  const ticket = event.ticket.id;
  const mailbox = mailboxes.find((candidate) => candidate.id === event.ticket.mailboxId) ?? mailboxes[0];
  if (!mailbox) return [];
  const refused = whyNot({
    template,
    event: facts,
    reader,
    isOwn: isAnyOf(mailboxes, reader.address),
    quietMailbox: mailbox.quiet,
    forTicket: acknowledged.forTicket.get(ticket) ?? 0,
    toAddress: acknowledged.toAddress.get(reader.address) ?? 0,
    acknowledges,
  });
  const kind = { personal: isPersonal(template, facts), byMail: facts.channel === 'mail' };
  const stopped = refused === null ? await breaker.admit({ address: reader.address, ticketId: ticket, ...kind }) : null;
  const reason = refused ?? stopped?.reason ?? null;
  if (!reason && template === 'ticket-received') noteAcknowledgement(acknowledged, ticket, reader.address);
  return [
    {
      id,
      ticket,
      event: event.id,
      person: person.id,
      participant: participant?.id ?? null,
      mailbox: mailbox.id,
      template,
      locale: person.locale,
      recipient: reader.address,
      ...kind,
      stopId: stopped?.stopId ?? null,
      envelopeFrom: MAIL_TEMPLATES[template].submitted === 'auto-replied' ? '' : bounceAddress(keyring, mailbox, id),
      messageId: outboundMessageId(keyring, mailbox, id),
      state: reason ? ('suppressed' as const) : ('pending' as const),
      reason,
      sendAfter: now,
      createdAt: now,
      finishedAt: reason ? now : null,
    },
  ];
}
