import type { Output } from '#contract/client.ts';
import { pathTo, VIEWS } from './routes.ts';
import { askedOf } from './ticket-query.ts';

export type Report = Output<'reportVolume'>;
export type ReportRow = Report['rows'][number];

/** A number of a table, and the list of the tickets behind it where there is one. */
export interface Cell {
  text: string;
  to?: string | undefined;
}
export interface Table {
  head: string[];
  rows: Cell[][];
}
/** One bar of a chart. `part`: how much of it is drawn solid; `before`: as it was in the time before. */
export interface Bar {
  label: string;
  value: number;
  text: string;
  part?: number;
  before?: number;
  to?: string | undefined;
}

const DAY = 24 * 3_600_000;
/** More columns than this are weeks. */
const MOST_COLUMNS = 62;

/** A row, or a column of a chart: a day without a ticket has no list. */
type Behind = Pick<ReportRow, 'lists' | 'values'> & { list: ReportRow['list'] | null };

/** The page of the tickets behind a number; undefined where there are none. */
export function pathBehind({ list, lists, values }: Behind, column?: string): string | undefined {
  if (column !== undefined && !values[column]) return undefined;
  const behind = (column === undefined ? null : lists[column]) ?? list;
  return behind === null ? undefined : pathOfList(behind);
}

export function pathOfList(list: Record<string, string>, more: Record<string, string> = {}): string {
  const view = VIEWS.find((name) => name === list['view']) ?? 'all';
  return pathTo.list(view, askedOf(new URLSearchParams({ ...list, ...more })));
}

export type DayColumn = Pick<ReportRow, 'key'> & Behind;

/** Days without a ticket have no row of their own, but a column. Many days are put together to weeks. */
export function columnsOf({ rows }: Pick<Report, 'rows'>, first: string, last: string): DayColumn[] {
  const byDay = new Map(rows.map((row) => [row.key, row]));
  const keys = rows.flatMap(({ key }) => key ?? []);
  const from = Date.parse([first, ...keys].toSorted()[0] ?? first);
  const until = Date.parse([last, ...keys].toSorted().at(-1) ?? last);
  const count = Math.round((until - from) / DAY) + 1;
  const days = Array.from({ length: count }, (_, nth): DayColumn => {
    const key = new Date(from + nth * DAY).toISOString().slice(0, 10);
    return byDay.get(key) ?? { key, values: { submitted: 0, resolved: 0 }, list: null, lists: {} };
  });
  if (days.length <= MOST_COLUMNS) return days;
  return Array.from({ length: Math.ceil(count / 7) }, (_, week) => together(days.slice(week * 7, week * 7 + 7)));
}

function together(days: DayColumn[]): DayColumn {
  const lists = days.map(({ list }) => list).filter((list) => list !== null);
  const sum = (name: string) => days.reduce((all, { values }) => all + (values[name] ?? 0), 0);
  const [from, to] = [lists[0]?.['created_from'], lists.at(-1)?.['created_to']];
  const list = from && to ? { created_from: from, created_to: to } : null;
  return {
    ...{ key: days[0]?.key ?? null, values: { submitted: sum('submitted'), resolved: sum('resolved') }, list },
    lists: list ? { resolved: { ...list, solved: 'true' } } : {},
  };
}

/** Ages of the backlog as the dates of a list: what was submitted so many days before its moment. */
const AGES: Record<string, readonly [number, number | null]> = {
  under_1_day: [0, 1],
  '1_to_3_days': [1, 3],
  '3_to_7_days': [3, 7],
  '7_to_30_days': [7, 30],
  over_30_days: [30, null],
};
export const AGE_NAMES = Object.keys(AGES);

export function datesOfAge(age: string, at: string): Record<string, string> {
  const [from, below] = AGES[age] ?? [0, null];
  const before = (days: number) => new Date(Date.parse(at) - days * DAY).toISOString();
  return {
    ...(from > 0 && { created_to: before(from) }),
    ...(below !== null && { created_from: before(below) }),
  };
}

/** Words for spans of time. */
export interface SpanWords {
  minutes: (n: string) => string;
  hours: (n: string) => string;
  days: (n: string) => string;
}

/** A span of seconds as people say it: two figures at most. */
export function saySpan(seconds: number | null | undefined, words: SpanWords, locale: string): string {
  if (seconds === null || seconds === undefined) return '–';
  const say = (n: number) => n.toLocaleString(locale, { maximumFractionDigits: n < 10 ? 1 : 0 });
  if (seconds < 3600) return words.minutes(Math.max(1, Math.round(seconds / 60)).toLocaleString(locale));
  return seconds < 48 * 3600 ? words.hours(say(seconds / 3600)) : words.days(say(seconds / 86_400));
}
