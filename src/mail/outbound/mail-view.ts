import type { Status } from '../../tickets/lifecycle.ts';

/** All that a template may show: plain values, never an entity. An empty name means that nobody is to be named. */
export interface MailView {
  /** `address` in lines, none when there is none; `timeZone` is the one that times are written in. */
  desk: { name: string; address: readonly string[]; timeZone: string };
  recipient: { name: string };
  ticket: { number: string; subject: string; status: Status; url: string };
  event: { at: Date; transition: string; to: string; reason: string };
  actor: { name: string };
  assignee: { name: string };
  comment: WrittenWords | null;
  /** Names of files that are not in the mail. */
  files: readonly string[];
}

/** What a person wrote, as text and in lines of paragraphs for html. */
export interface WrittenWords {
  text: string;
  paragraphs: readonly (readonly string[])[];
  /** Its beginning, for the line that a list of mails shows. */
  preview: string;
}

const PREVIEW = 120;

export function writtenWords(body: string): WrittenWords {
  const text = body.replace(/\r\n?/g, '\n').trim();
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => paragraph.split('\n'));
  const line = text.replace(/\s+/g, ' ');
  return { text, paragraphs, preview: line.length > PREVIEW ? `${line.slice(0, PREVIEW)}…` : line };
}

/** The subject of the conversation without the marks of answering and forwarding, short enough for one header line (RFC 5322 §2.1.1). */
export function bareSubject(subject: string): string {
  const bare = subject.replace(/^(?:\s*(?:re|aw|antw|sv|wg|fwd?)(?:\[\d+\])?\s*:)+\s*/i, '').trim();
  return Array.from(bare || subject)
    .slice(0, 200)
    .join('');
}
