import type { Input } from '#contract/client.ts';
import { PRIORITY_BARS, STATUS_HUES } from './statuses.ts';

/** What a list can be asked for besides its view; a key that is not there stands for any. */
export type Asked = Omit<NonNullable<Input<'listTickets'>['query']>, 'view' | 'number' | 'limit' | 'cursor'>;
export type AskedFor = keyof Asked;

const among = (names: readonly string[]) => (value: string) => names.includes(value);
const word = (most: number) => (value: string) => value.trim() !== '' && value.length <= most;
const person = (...names: string[]) => {
  const named = among(names);
  return (value: string) => named(value) || /^[1-9]\d{0,14}$/.test(value);
};
const moment = (value: string) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
const yesNo = among(['true', 'false']);

/** What each key may be, in the order in which filters stand. The desk would refuse anything else. */
const MAY_BE: Record<AskedFor, (value: string) => boolean> = {
  status: among(Object.keys(STATUS_HUES)),
  priority: among([...Object.keys(PRIORITY_BARS), 'none']),
  category: word(100),
  department: word(100),
  assignee: person('me', 'none'),
  requester: person('me'),
  channel: among(['mail', 'portal', 'api']),
  created_from: moment,
  created_to: moment,
  has_attachment: yesNo,
  overdue: yesNo,
  solved: yesNo,
  answered: yesNo,
  done: among(['resolved', 'reopened', 'answered', 'noted']),
  done_by: person(),
  done_from: moment,
  done_to: moment,
  q: word(200),
  sort: among(['oldest', 'updated']), // the usual order is not said
};
const KEYS = Object.keys(MAY_BE) as AskedFor[];

/** What an address asks of a list. What makes no sense there is not asked. */
export function askedOf(query: URLSearchParams): Asked {
  const given = KEYS.map((key) => [key, query.get(key) ?? ''] as const);
  const sense = given.filter(([key, value]) => MAY_BE[key](value));
  // By whom and when says nothing without what.
  const done = sense.some(([key]) => key === 'done');
  return Object.fromEntries(sense.filter(([key]) => done || !key.startsWith('done_'))) as Asked;
}

/** The same as a part of an address, always in the same order. */
export function queryOf(asked: Asked): string {
  const given = KEYS.map((key): [string, string] => [key, String(asked[key] ?? '')]);
  return new URLSearchParams(given.filter(([, value]) => value !== '')).toString();
}

/** Asked for something else: a value that is undefined is not asked for any more. */
export function narrowed(asked: Asked, changes: { [K in AskedFor]?: string | undefined }): Asked {
  return askedOf(new URLSearchParams(queryOf({ ...asked, ...changes } as Asked)));
}

export const sameAsked = (a: Asked, b: Asked): boolean => queryOf(a) === queryOf(b);

const DAY = 24 * 3_600_000;

/** The moment at which a day of the reader's calendar begins (`2026-11-28`), or the next one does; undefined without a day. */
export function beginOf(day: string, next = false): string | undefined {
  const begins = new Date(`${day}T00:00`);
  if (next) begins.setDate(begins.getDate() + 1);
  return Number.isNaN(begins.getTime()) ? undefined : begins.toISOString();
}

/** The day of a moment as a field for dates has it; `last`: the last day before it. */
export function dayOf(iso: string | undefined, last = false): string {
  if (!iso) return '';
  const at = new Date(Date.parse(iso) - (last ? 1 : 0));
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}

/** Today, and so many days before it. */
export const lastDays = (days: number, now: Date): string | undefined =>
  beginOf(dayOf(new Date(now.getTime() - (days - 1) * DAY).toISOString()));
