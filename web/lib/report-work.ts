import { MOST_BARS, number, percent, type Figure, type Words } from './report-words.ts';
import {
  AGE_NAMES,
  datesOfAge,
  pathBehind,
  pathOfList,
  saySpan,
  type Cell,
  type Report,
  type ReportRow,
} from './reports.ts';
import { PRIORITY_BARS, type Priority } from './statuses.ts';

/** How long until the first answer, or until the solution: half of the tickets, and nine in ten. */
export function spansOf(report: Report, what: 'first_answer' | 'resolution', { w, reader, name }: Words) {
  const counted = what === 'first_answer' ? 'answered' : 'resolved';
  const say = (seconds: number | null | undefined) => saySpan(seconds, w.spans, reader.locale);
  const total = number(report.total[counted], reader);
  const rows = report.rows.toSorted((a, b) => rank(a) - rank(b));
  return {
    sentence: what === 'first_answer' ? w.answered(total) : w.resolved(total),
    spans: rows.map((row) => ({
      label: name(row),
      half: row.values[`${what}_median`] ?? null,
      most: row.values[`${what}_p90`] ?? null,
    })),
    table: {
      head: [w.priority, w.tickets, w.half, w.nineOfTen],
      rows: rows.map((row): Cell[] => [
        { text: name(row), to: pathBehind(row) },
        { text: number(row.values[counted], reader), to: pathBehind(row, counted) },
        { text: say(row.values[`${what}_median`]) },
        { text: say(row.values[`${what}_p90`]) },
      ]),
    },
  };
}

/** The gravest first, those without a priority last. */
const rank = ({ key }: ReportRow) => -(PRIORITY_BARS[key as Priority] ?? 0);

/** What is not over, by its age. */
export function byAge(report: Report, { w, reader, name }: Words): Figure {
  const ages = AGE_NAMES as (keyof typeof w.ages)[];
  const { all = 0, over_30_days: old = 0 } = report.total;
  return {
    sentence: w.open(number(all, reader), number(old, reader)),
    bars: ages.map((age) => ({
      label: w.ages[age],
      value: report.total[age] ?? 0,
      text: number(report.total[age], reader),
      to: pathOfList({ view: 'open' }, datesOfAge(age, report.to)),
    })),
    table: {
      head: [w.status, ...ages.map((age) => w.ages[age]), w.all],
      rows: report.rows.map((row) => [
        { text: name(row) },
        ...ages.map((age) => ({
          text: number(row.values[age], reader),
          to: row.values[age] ? pathOfList(row.list, datesOfAge(age, report.to)) : undefined,
        })),
        { text: number(row.values['all'], reader), to: pathBehind(row) },
      ]),
    },
  };
}

/** How many solutions did not hold. */
export function byReopening(report: Report, { w, reader, name }: Words): Figure {
  const { resolutions = 0, reopened = 0 } = report.total;
  return {
    sentence: w.reopened(number(reopened, reader), number(resolutions, reader)),
    bars: report.rows.slice(0, MOST_BARS).map((row) => ({
      label: name(row),
      value: row.values['rate'] ?? 0,
      text: percent(row.values['rate'], reader),
      to: pathBehind(row, 'reopened'),
    })),
    table: {
      head: [w.category, w.resolutions, w.reopenings, w.share],
      rows: report.rows.map((row) => [
        { text: name(row) },
        { text: number(row.values['resolutions'], reader), to: pathBehind(row) },
        { text: number(row.values['reopened'], reader), to: pathBehind(row, 'reopened') },
        { text: percent(row.values['rate'], reader) },
      ]),
    },
  };
}

/** Who has how much, and what they did. */
export function byPerson(report: Report, { w, reader }: Omit<Words, 'name'>): Figure {
  return {
    sentence: report.rows.length > 0 ? w.team(number(report.rows.length, reader)) : w.nobody,
    bars: report.rows.map((row) => ({
      label: row.label,
      value: row.values['open_now'] ?? 0,
      text: number(row.values['open_now'], reader),
      to: pathBehind(row),
    })),
    table: {
      head: [w.person, w.openNow, w.done, w.answers, w.notes],
      rows: report.rows.map((row) => [
        { text: row.label },
        { text: number(row.values['open_now'], reader), to: pathBehind(row) },
        ...['resolved', 'answers', 'notes'].map((column) => ({
          text: number(row.values[column], reader),
          to: pathBehind(row, column),
        })),
      ]),
    },
  };
}
