import { whenForgetting } from './forget.ts';
import type { Options } from './desk.svelte.ts';
import type { Priority, Status, TicketSummary } from './statuses.ts';
import type { Asked, AskedFor } from './ticket-query.ts';
import type { Texts } from './texts/en.ts';

/** Filters that stand as one word each; search, order and dates have fields of their own. */
export const WORDED = [
  'status',
  'priority',
  'category',
  'department',
  'assignee',
  'requester',
  'channel',
  'has_attachment',
  'overdue',
  'solved',
  'answered',
  'done',
] as const satisfies readonly AskedFor[];
export type Worded = (typeof WORDED)[number];

/** Where the names of what is filtered by are found. */
export interface Names {
  locale: string;
  texts: Pick<Texts, 'status' | 'priority' | 'noPriority' | 'nobody' | 'filter'>;
  options: Options | null;
  rows: readonly TicketSummary[];
  /** People who were chosen by their name. */
  people: ReadonlyMap<string, string>;
}

/** The value of a filter as people say it. */
export function sayFilter(key: Worded, asked: Asked, names: Names): string {
  const { texts, options, rows, people } = names;
  const value = String(asked[key] ?? '');
  const w = texts.filter;
  switch (key) {
    case 'status':
      return texts.status[value as Status];
    case 'priority':
      return value === 'none' ? texts.noPriority : texts.priority[value as Priority];
    case 'category':
      if (value === 'none') return w.without;
      return options?.categories.flatMap((one) => [one, ...one.sub_categories]).find(hasId(value))?.name ?? value;
    case 'department':
      if (value === 'none') return w.without;
      return options?.departments.find(hasId(value))?.name ?? value;
    case 'assignee':
      if (value === 'none') return texts.nobody;
      return value === 'me' ? w.me : (options?.staff.find(hasId(value))?.name ?? w.someone(value));
    case 'requester': {
      if (value === 'me') return w.me;
      return (
        rows.find(({ requester }) => hasId(value)(requester))?.requester.name ?? people.get(value) ?? w.someone(value)
      );
    }
    case 'channel':
      return w.channels[value as keyof typeof w.channels];
    case 'has_attachment':
    case 'overdue':
    case 'solved':
    case 'answered':
      return value === 'true' ? w.yes : w.no;
    case 'done':
      return sayDeed(asked, names);
  }
}

/** What was done, by whom and between which days. */
function sayDeed(asked: Asked, { texts: { filter: w }, options, locale }: Names): string {
  const { done = 'resolved', done_by: by, done_from: from, done_to: to } = asked;
  const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const last = to && new Date(Date.parse(to) - 1);
  return [
    w.deeds[done],
    by && w.by(options?.staff.find(hasId(by))?.name ?? w.someone(by)),
    from && last && days.formatRange(new Date(from), last),
  ]
    .filter(Boolean)
    .join(' · ');
}

const hasId = (text: string) => (one: { id: number }) => String(one.id) === text;

/** Names of people whose tickets were asked for: the address has their number only. */
export const namesOfPeople = new Map<string, string>();
whenForgetting(() => namesOfPeople.clear());
