import type { Trust } from '../../tickets/comment.ts';
import type { Status } from '../../tickets/lifecycle.ts';
import type { TicketEvent } from '../../tickets/ticket-event.ts';
import type { Employee } from '../../people/employee.ts';
import { hasSwitchedOff, type Preferences } from '../../people/preferences.ts';
import { isRobotAddress } from './automatic-address.ts';
import { STAFF_TEMPLATES, type TicketTemplate } from './mail-template.ts';

/** What is known of an event when its mails are decided. */
export interface NoticeEvent {
  type: TicketEvent['type'];
  channel: TicketEvent['channel'];
  actorId: number | null;
  /** Staff who is not the requester of this very ticket. */
  byStaff: boolean;
  /** Staff that the words name, and who was given the ticket or let into it. */
  mentions: readonly number[];
  assigneeId: number | null;
  participantId: number | null;
  /** The comment that came with it may be read by everyone on the ticket. */
  publicWords: boolean;
  /** How far the writer of those words was believed; null for the portal. */
  wordsTrust: Trust | null;
  /** Status after a status change. */
  to: Status | null;
  /** Of the mail that opened a ticket. */
  trust: Trust | null;
  /** It is for somebody with an approved account. */
  fromKnown: boolean;
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
  /** Looks after tickets that nobody has, and this is one. */
  looksAfter: boolean;
  /** Follows this ticket, as staff. */
  watches: boolean;
  preferences: Preferences;
}

/** Which mail an event makes for a reader, or null: it says nothing to them. Nobody is told what they did themselves, but for the receipt. */
export function templateFor(event: NoticeEvent, reader: NoticeReader): TicketTemplate | null {
  if (event.type === 'opened' && reader.isRequester) return 'ticket-received';
  if (reader.id === event.actorId) return null;
  if (event.mentions.includes(reader.id)) return 'mentioned';
  if (event.assigneeId === reader.id) return 'assigned';
  if (reader.watches && WATCHED.includes(event.type)) return 'watched';
  return BY_TYPE[event.type]?.(event, reader) ?? null;
}

/** What whoever follows a ticket hears of, notes among staff included. */
const WATCHED: readonly NoticeEvent['type'][] = ['commented', 'status_changed', 'assigned'];

type Choice = (event: NoticeEvent, reader: NoticeReader) => TicketTemplate | null;

const BY_TYPE: Partial<Record<NoticeEvent['type'], Choice>> = {
  opened: (event, { looksAfter }) => (looksAfter && isKnown(event) ? 'new-ticket' : null),
  commented: wordsTemplate,
  status_changed(event, reader) {
    if (event.to === 'withdrawn') return 'withdrawn';
    if (!reader.isRequester) return wordsTemplate(event, reader);
    return statusTemplate(event);
  },
  participant_added: ({ participantId }, { id }) => (participantId === id ? 'participant-added' : null),
};

/** The mail by which a requester hears of a status: those that end a ticket or ask for something have one of their own. */
function statusTemplate({ to, publicWords }: NoticeEvent): TicketTemplate {
  if (to === 'pending') return 'more-information';
  if (to === 'closed' || to === 'rejected') return to;
  return to === 'resolved' && publicWords ? 'resolved' : 'status-changed';
}

function wordsTemplate(event: NoticeEvent, reader: NoticeReader): TicketTemplate | null {
  if (!event.publicWords) return null;
  return reader.isStaff && !event.byStaff ? 'new-comment-for-staff' : 'public-reply';
}

/** A stranger whose address may be forged makes no mail at all, or a flood of them would be one of ours: the digest counts them. */
function isKnown({ channel, trust, fromKnown }: NoticeEvent): boolean {
  return channel !== 'mail' || fromKnown || !isDoubtful(trust ?? 'T0');
}

/** Whether a person at the desk wrote what the mail carries. Everything else is automatic mail (RFC 3834). */
export function isPersonal(template: TicketTemplate, event: Pick<NoticeEvent, 'publicWords' | 'byStaff'>): boolean {
  if (template === 'public-reply' || template === 'resolved') return true;
  return CARRIES_WORDS.includes(template) && event.publicWords && event.byStaff;
}

/** News of a status, which what somebody wrote may come with. */
const CARRIES_WORDS: readonly TicketTemplate[] = ['status-changed', 'more-information', 'closed', 'rejected'];

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
  [({ template, reader }) => STAFF_TEMPLATES.includes(template) && !reader.isStaff, 'Only staff is told of this'],
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
