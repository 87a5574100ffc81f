import type { Employee } from '../../people/employee.ts';
import type { Status } from '../../tickets/lifecycle.ts';
import type { MailTemplate, TicketTemplate } from './mail-template.ts';

/** `address` in lines, none when there is none; `timeZone` is the one that times are written in. */
export interface DeskView {
  name: string;
  address: readonly string[];
  timeZone: string;
}

/** All that a mail about a ticket may show: plain values, never an entity. An empty name means that nobody is to be named. */
export interface MailView {
  desk: DeskView;
  recipient: { name: string };
  ticket: { number: string; subject: string; status: Status; url: string };
  /** `url` of the ticket opens it without a password, until then; null: its reader signs in. */
  link: { until: Date } | null;
  /** Pages that ask whether it is solved, with this answer at hand. */
  answer: { yes: string; no: string };
  event: { at: Date; transition: string; to: string; reason: string };
  /** `signature`: lines of their own that stand in for name and desk; null: there are none. */
  actor: { name: string; signature: WrittenWords | null };
  assignee: { name: string };
  /** `verified`: nothing speaks against the words of the event being theirs. */
  requester: { name: string; verified: boolean };
  comment: WrittenWords | null;
  /** The message that the comment answers; null: it is not quoted. */
  before: QuotedWords | null;
  /** Names of files that are not in the mail. */
  files: readonly string[];
}

/** All that a mail about an account may show. An empty text means that there is nothing to say. */
export interface AccountView {
  desk: DeskView;
  recipient: { name: string };
  account: { email: string; companyId: string; status: Employee['status'] };
  /** `change`: which way to sign in was added or taken away; `email`: the address after a change. */
  event: { at: Date; reason: string; change: string; email: string };
  /** Where the button leads; `until`: it works once, until then; null: it is an ordinary page. */
  link: { url: string; until: Date | null };
}

/** All that a digest may show. */
export interface DigestView {
  desk: DeskView;
  recipient: { name: string };
  /** Tickets in the reader's scope; the last two of the last day. `held`: with words that wait for a decision. */
  counts: Record<'open' | 'unattended' | 'mine' | 'waiting' | 'unverified' | 'held' | 'came' | 'solved', number>;
  /** The oldest that nobody has, and those of strangers who could not be verified: of them no other mail tells. */
  unattended: readonly DigestTicket[];
  unverified: readonly DigestTicket[];
  queue: string;
  unsubscribe: string;
}

export interface DigestTicket {
  number: string;
  subject: string;
  link: string;
}

export type ViewOf<T extends MailTemplate> = T extends TicketTemplate
  ? MailView
  : T extends 'digest'
    ? DigestView
    : AccountView;

/** What a person wrote, as text and in lines of paragraphs for html. */
export interface WrittenWords {
  text: string;
  /** The same as clean html of their editor; null: they wrote text. */
  html: string | null;
  paragraphs: readonly (readonly string[])[];
  /** Its beginning, for the line that a list of mails shows. */
  preview: string;
}

/** A message that is quoted below its answer. */
export interface QuotedWords {
  by: string;
  at: Date;
  words: WrittenWords;
}

const PREVIEW = 120;

export function writtenWords(body: string, html: string | null = null): WrittenWords {
  const text = body.replace(/\r\n?/g, '\n').trim();
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => paragraph.split('\n'));
  const line = text.replace(/\s+/g, ' ');
  return { text, html, paragraphs, preview: line.length > PREVIEW ? `${line.slice(0, PREVIEW)}…` : line };
}

/** The subject of the conversation without the marks of answering and forwarding, short enough for one header line (RFC 5322 §2.1.1). */
export function bareSubject(subject: string): string {
  const bare = subject.replace(/^(?:\s*(?:re|aw|antw|sv|wg|fwd?)(?:\[\d+\])?\s*:)+\s*/i, '').trim();
  return Array.from(bare || subject)
    .slice(0, 200)
    .join('');
}
