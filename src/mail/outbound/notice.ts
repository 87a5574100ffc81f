import type { Trust } from '../../tickets/comment.ts';
import type { Status } from '../../tickets/lifecycle.ts';
import type { TicketEvent } from '../../tickets/ticket-event.ts';
import type { Employee } from '../../people/employee.ts';
import { hasSwitchedOff, type Preferences } from '../../people/preferences.ts';
import { isRobotAddress } from './automatic-address.ts';
import type { TicketTemplate } from './mail-template.ts';

/** What is known of an event when its mails are decided. */
export interface NoticeEvent {
  type: TicketEvent['type'];
  channel: TicketEvent['channel'];
  actorId: number | null;
  /** Staff who is not the requester of this very ticket. */
  byStaff: boolean;
  /** The comment that came with it may be read by everyone on the ticket. */
  publicWords: boolean;
  /** How far the writer of those words was believed; null for the portal. */
  wordsTrust: Trust | null;
  /** Status after a status change. */
  to: Status | null;
  /** Of the mail that opened a ticket. */
  trust: Trust | null;
  noAutoAnswer: boolean;
  quiet: boolean;
}

/** Someone on the ticket. */
export interface NoticeReader {
  id: number;
  address: string;
  status: Employee['status'];
  isRequester: boolean;
  isStaff: boolean;
  preferences: Preferences;
}

/** Which mail an event makes for a reader, or null: it says nothing to them. Nobody is told what they did themselves, but for the receipt. */
export function templateFor(event: NoticeEvent, reader: NoticeReader): TicketTemplate | null {
  if (event.type === 'opened') return reader.isRequester ? 'ticket-received' : null;
  if (reader.id === event.actorId) return null;
  if (event.type === 'commented') return event.publicWords ? wordsTemplate(event, reader) : null;
  if (event.type !== 'status_changed') return null;
  if (!reader.isRequester) return event.publicWords ? wordsTemplate(event, reader) : null;
  return event.to === 'resolved' && event.publicWords ? 'resolved' : 'status-changed';
}

function wordsTemplate(event: NoticeEvent, reader: NoticeReader): TicketTemplate {
  return reader.isStaff && !event.byStaff ? 'new-comment-for-staff' : 'public-reply';
}

/** Whether a person at the desk wrote what the mail carries. Everything else is automatic mail (RFC 3834). */
export function isPersonal(template: TicketTemplate, event: Pick<NoticeEvent, 'publicWords' | 'byStaff'>): boolean {
  if (template === 'public-reply' || template === 'resolved') return true;
  return template === 'status-changed' && event.publicWords && event.byStaff;
}

/** What is known when it is decided whether a mail may go out. */
export interface NoticeFacts {
  template: TicketTemplate;
  event: NoticeEvent;
  reader: NoticeReader;
  /** The address belongs to one of our mailboxes. */
  isOwn: boolean;
  /** Nothing goes out of the ticket’s mailbox but what people write. */
  quietMailbox: boolean;
  /** Acknowledgements so far for this ticket, and to this address in the last hour. */
  forTicket: number;
  toAddress: number;
  /** The desk acknowledges new tickets at all. */
  acknowledges: boolean;
}

/** An hour's acknowledgements to one address; the ones beyond are kept back (T07). */
export const ACKNOWLEDGEMENTS_PER_HOUR = 5;

type Rule<Facts> = readonly [applies: (facts: Facts) => boolean, reason: string];

/** Where no mail of the desk may go, whatever it is about. */
const ADDRESS_RULES: readonly Rule<{ address: string; isOwn: boolean }>[] = [
  [({ isOwn }) => isOwn, "The address is the desk's own"],
  [
    ({ address }) => !/^[^\s"(),:;<>@[\\\]\p{Cc}]+@[^\s"(),:;<>@[\\\]\p{Cc}]+$/u.test(address),
    'The address cannot be used',
  ],
  [({ address }) => isRobotAddress(address), 'No person reads this address'],
];

/** The first rule that applies keeps the mail back; its words are shown on the ticket. */
const RULES: readonly Rule<NoticeFacts>[] = [
  [({ reader }) => reader.status === 'disabled' || reader.status === 'rejected', 'The account is closed'],
  [({ template, reader }) => template === 'new-comment-for-staff' && !reader.isStaff, 'Only staff is told of this'],
  [
    ({ template, event, reader }) => template === 'public-reply' && isDoubtful(event.wordsTrust) && !reader.isStaff,
    'The writer could not be verified',
  ],
  [
    ({ quietMailbox, template, event }) => quietMailbox && !isPersonal(template, event),
    'The mailbox sends nothing automatically',
  ],
  [({ template, acknowledges }) => isAck(template) && !acknowledges, 'Receipts are switched off'],
  [({ template, event }) => isAck(template) && event.noAutoAnswer, 'The message must not be answered automatically'],
  [
    ({ template, event }) => isAck(template) && event.channel === 'mail' && isDoubtful(event.trust ?? 'T0'),
    'The sender could not be verified',
  ],
  [({ template, reader }) => hasSwitchedOff(reader.preferences, template), 'Switched off by the reader'],
  [
    ({ template, event, reader }) => isAck(template) && event.channel !== 'mail' && reader.status === 'pending',
    'The address is not confirmed',
  ],
  [({ template, forTicket }) => isAck(template) && forTicket > 0, 'The ticket has its acknowledgement'],
  [
    ({ template, toAddress }) => isAck(template) && toAddress >= ACKNOWLEDGEMENTS_PER_HOUR,
    `More than ${ACKNOWLEDGEMENTS_PER_HOUR} acknowledgements an hour`,
  ],
];

/** Why a mail about a ticket must not go out, in words for staff; null: it may. */
export function whyNot(facts: NoticeFacts): string | null {
  if (facts.event.quiet) return 'Imported: nobody is notified';
  return whyNotTo(facts.reader.address, facts.isOwn) ?? RULES.find(([applies]) => applies(facts))?.[1] ?? null;
}

/** Why no mail at all may go to an address; `isOwn`: it belongs to one of our mailboxes. */
export function whyNotTo(address: string, isOwn: boolean): string | null {
  return ADDRESS_RULES.find(([applies]) => applies({ address, isOwn }))?.[1] ?? null;
}

function isAck(template: TicketTemplate): boolean {
  return template === 'ticket-received';
}

function isDoubtful(trust: Trust | null): boolean {
  return trust === 'T0' || trust === 'T1';
}
