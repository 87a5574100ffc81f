import type { Reader } from './dates.ts';
import { MOST_BARS, number, type Figure, type Words } from './report-words.ts';
import { columnsOf, pathBehind, type Report } from './reports.ts';
import { dayOf } from './ticket-query.ts';

/** Tickets by the day they came in, or by week. */
export function byDay(report: Report, { w, reader }: Omit<Words, 'name'>): Figure {
  const columns = columnsOf(report, dayOf(report.from), dayOf(report.to, true));
  const say = (key: string | null, how: Intl.DateTimeFormatOptions) =>
    new Date(`${key}T00:00`).toLocaleDateString(reader.locale, how);
  const { submitted = 0, resolved = 0 } = report.total;
  return {
    sentence: [
      w.cameIn(number(submitted, reader), against(submitted, report.before?.total['submitted'], w, reader)),
      w.solved(number(resolved, reader)),
    ].join(' '),
    bars: columns.map(({ key, ...day }) => ({
      label: say(key, { day: 'numeric', month: 'short' }),
      value: day.values['submitted'] ?? 0,
      part: day.values['resolved'] ?? 0,
      text: '',
      to: pathBehind(day),
    })),
    table: {
      head: [w.day, w.in, w.done],
      rows: columns.map(({ key, ...day }) => [
        { text: say(key, { dateStyle: 'medium' }) },
        { text: number(day.values['submitted'], reader), to: pathBehind(day) },
        { text: number(day.values['resolved'], reader), to: pathBehind(day, 'resolved') },
      ]),
    },
  };
}

function against(now: number | null, before: number | null | undefined, w: Words['w'], reader: Reader): string {
  const more = (now ?? 0) - (before ?? 0);
  if (more === 0) return w.asBefore;
  return more > 0 ? w.moreThan(number(more, reader)) : w.fewerThan(number(-more, reader));
}

/** Tickets by what they are about, whose they are, or how they came, beside the time before. */
export function byGroup(report: Report, { w, reader, name }: Words): Figure {
  const before = new Map(report.before?.rows.map(({ key, values }) => [key, values['submitted'] ?? 0]));
  const [first] = report.rows;
  return {
    sentence: first ? w.most(name(first), number(first.values['submitted'], reader)) : w.nothing,
    bars: report.rows.slice(0, MOST_BARS).map((row) => ({
      label: name(row),
      value: row.values['submitted'] ?? 0,
      text: number(row.values['submitted'], reader),
      before: before.get(row.key) ?? 0,
      to: pathBehind(row),
    })),
    table: {
      head: [w.group, w.in, w.before, w.done],
      rows: report.rows.map((row) => [
        { text: name(row) },
        { text: number(row.values['submitted'], reader), to: pathBehind(row) },
        { text: number(before.get(row.key), reader) },
        { text: number(row.values['resolved'], reader), to: pathBehind(row, 'resolved') },
      ]),
    },
  };
}
