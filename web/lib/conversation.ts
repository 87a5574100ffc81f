import type { Comment, Ticket, TicketEvent } from './statuses.ts';

/** What stands in the conversation: a message, or the changes between two messages. */
export type Entry =
  { kind: 'message'; key: string; comment: Comment } | { kind: 'events'; key: string; events: TicketEvent[] };

/** Messages and changes in order of time. Events that only repeat a message (someone opened, replied, noted) are left out. */
export function entriesOf(
  { conversation, events }: Pick<Ticket, 'conversation' | 'events'>,
  isChange: (event: TicketEvent) => boolean,
): Entry[] {
  const entries: Entry[] = [];
  const changes = events.filter(isChange);
  let next = 0;
  const takeUntil = (time: string | null) => {
    const start = next;
    while (next < changes.length && (time === null || at(changes[next]) < Date.parse(time))) next += 1;
    const taken = changes.slice(start, next);
    if (taken[0]) entries.push({ kind: 'events', key: `e${taken[0].id}`, events: taken });
  };
  for (const comment of conversation) {
    takeUntil(comment.created_at);
    entries.push({ kind: 'message', key: `c${comment.id}`, comment });
  }
  takeUntil(null);
  return entries;
}

const at = (event: TicketEvent | undefined) => Date.parse(event?.created_at ?? '');

/** Lines of a text that are worth counting. */
export function countLines(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}

/** A text as paragraphs (blank lines apart), each a list of plain and linked parts. Only http, https and mailto become links. */
export function paragraphsOf(text: string): Part[][] {
  return text
    .replaceAll('\r\n', '\n')
    .trim()
    .split(/\n[^\S\n]*\n\s*/)
    .filter((paragraph) => paragraph !== '')
    .map(partsOf);
}

export interface Part {
  text: string;
  href?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"“”]+/giu;

function partsOf(paragraph: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const match of paragraph.matchAll(ADDRESS)) {
    const url = trimmed(match[0]);
    if (!URL.canParse(url)) continue;
    if (match.index > done) parts.push({ text: paragraph.slice(done, match.index) });
    parts.push({ text: url, href: url });
    done = match.index + url.length;
  }
  if (done < paragraph.length) parts.push({ text: paragraph.slice(done) });
  return parts;
}

/** An address without the punctuation of the sentence round it; a bracket stays when it was opened within. */
function trimmed(url: string): string {
  const bare = url.replace(/[.,;:!?'’*_]+$/u, '');
  const count = (bracket: string) => bare.split(bracket).length;
  return bare.endsWith(')') && count(')') > count('(') ? trimmed(bare.slice(0, -1)) : bare;
}
