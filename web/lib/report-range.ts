import { beginOf, lastDays } from './ticket-query.ts';

export const PRESETS = ['7', '30', '90', '365'] as const;
export type Preset = (typeof PRESETS)[number];

/** Which days reports are about: so many up to now, or from one to another, both included. */
export type DayRange = { days: Preset } | { from: string; to: string };

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The range that an address says; the last 30 days when it says none that makes sense. */
export function rangeOf(query: URLSearchParams): DayRange {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  if (DAY.test(from) && DAY.test(to) && beginOf(from) && beginOf(to) && from <= to) return { from, to };
  return { days: PRESETS.find((days) => days === query.get('days')) ?? '30' };
}

/** The same as a part of an address; nothing for the usual one. */
export function rangeQuery(range: DayRange): string {
  if ('from' in range) return new URLSearchParams(range).toString();
  return range.days === '30' ? '' : `days=${range.days}`;
}

/** The same as the desk is asked for it: by the midnights of the reader. Today counts up to now, so that the time before is as long. */
export function momentsOf(range: DayRange, now: Date): { from: string; to?: string } {
  if ('days' in range) return { from: lastDays(Number(range.days), now) ?? '' };
  return { from: beginOf(range.from) ?? '', to: beginOf(range.to, true) ?? '' };
}
