import { describe, expect, it } from 'vitest';
import { countLines, entriesOf, paragraphsOf } from '../../web/lib/conversation.ts';
import { stepsOf } from '../../web/lib/steps.ts';
import type { Comment, Status, TicketEvent } from '../../web/lib/statuses.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 9, minute)).toISOString();
const comment = (id: number, minute: number) => ({ id, created_at: at(minute) }) as Comment;
const event = (id: number, minute: number, type = 'claim') =>
  ({ id, type, data: {}, created_at: at(minute) }) as TicketEvent;

describe('a conversation', () => {
  it('has the changes between the messages where they happened', () => {
    const ticket = {
      conversation: [comment(1, 0), comment(2, 10)],
      events: [event(1, 3), event(2, 4), event(3, 12), event(4, 13, 'opened')],
    };
    const entries = entriesOf(ticket, ({ type }) => type === 'claim');
    expect(
      entries.map((entry) => (entry.kind === 'message' ? entry.comment.id : entry.events.map(({ id }) => id))),
    ).toEqual([1, [1, 2], 2, [3]]);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(4);
  });
  it('counts only lines that say something', () => expect(countLines('a\n\n b\n')).toBe(2));
});

describe('the text of a mail', () => {
  const links = (text: string) =>
    paragraphsOf(text)
      .flat()
      .flatMap(({ href }) => href ?? []);

  it('keeps its paragraphs and its line breaks', () => {
    expect(paragraphsOf('one\r\ntwo\r\n \r\n\r\nthree\n')).toEqual([[{ text: 'one\ntwo' }], [{ text: 'three' }]]);
  });
  it('loses no character to a link', () => {
    const text = 'See (https://a.example/x_(y)), or https://b.example/?q=1&r=2. Bye';
    expect(
      paragraphsOf(text)[0]
        ?.map((part) => part.text)
        .join(''),
    ).toBe(text);
    expect(links(text)).toEqual(['https://a.example/x_(y)', 'https://b.example/?q=1&r=2']);
  });
  it('makes links of web addresses only', () => {
    expect(links('javascript:alert(1) data:text/html,x file:///etc/passwd https:// ftp://x')).toEqual([]);
    expect(links('<https://a.example>"https://b.example"')).toEqual(['https://a.example', 'https://b.example']);
  });
});

describe('how far a ticket is', () => {
  const ticket = (status: Status) => ({
    status,
    created_at: at(0),
    channel: 'mail' as const,
    assignee: { id: 1, name: 'Marta Kowalska', email: 'm@x', role: 'coordinator' as const },
    resolved_at: at(30),
    closed_at: at(40),
    events: [event(1, 5)],
  });
  const states = (status: Status) => stepsOf(ticket(status)).map(({ state }) => state);

  it.each([
    ['new', ['past', 'now', 'later', 'later']],
    ['on_hold', ['past', 'past', 'now', 'later']],
    ['resolved', ['past', 'past', 'past', 'now']],
    ['closed', ['past', 'past', 'past', 'past']],
    ['rejected', []],
  ] as const)('%s', (status, expected) => expect(states(status)).toEqual(expected));

  it('tells when and by whom what is done was done, and nothing of what is not', () => {
    const [, taken, sent] = stepsOf(ticket('in_progress'));
    expect(taken).toMatchObject({ at: at(5), who: 'Marta Kowalska' });
    expect(sent).toMatchObject({ at: null, who: null });
  });
});
