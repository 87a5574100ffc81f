import type { Texts } from './texts/en.ts';

/** Language and words of the reader, and the present time. */
export interface Reader {
  locale: string;
  texts: Pick<Texts, 'time'>;
  now: Date;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, as short as a list needs it: "now", "6 min", "3 h", "2 d", then the date. */
export function ago(iso: string, { locale, texts: { time }, now }: Reader): string {
  const then = new Date(iso);
  const passed = now.getTime() - then.getTime();
  if (passed < MINUTE) return time.now;
  if (passed < HOUR) return time.minutes(Math.floor(passed / MINUTE));
  if (passed < DAY) return time.hours(Math.floor(passed / HOUR));
  if (passed < 7 * DAY) return time.days(Math.floor(passed / DAY));
  return shortDate(then, locale, now);
}

/** How long ago in words: "10 minutes ago", "yesterday", then the date. */
export function agoInWords(iso: string, { locale, now }: Reader): string {
  const then = new Date(iso);
  const passed = Math.max(0, now.getTime() - then.getTime());
  const say = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (passed < MINUTE) return say.format(0, 'second');
  if (passed < HOUR) return say.format(-Math.floor(passed / MINUTE), 'minute');
  const days = daysBetween(then, now);
  if (days === 0) return say.format(-Math.floor(passed / HOUR), 'hour');
  return days < 7 ? say.format(-days, 'day') : shortDate(then, locale, now);
}

/** When, as a conversation says it: "today, 09:31", "yesterday, 16:20", "20 November, 10:00". */
export function when(iso: string, { locale, texts: { time }, now }: Reader): string {
  const then = new Date(iso);
  const clock = clockTime(iso, locale);
  const days = daysBetween(then, now);
  if (days === 0) return time.today(clock);
  if (days === 1) return time.yesterday(clock);
  return time.at(longDate(then, locale, now), clock);
}

/** Hours and minutes. */
export function clockTime(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(iso),
  );
}

/** The whole date and time, for titles and mail. */
export function fullTime(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(iso));
}

/** The day with its month in words; the year only when it is another one. */
export function longDate(date: Date, locale: string, now: Date): string {
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', ...year(date, now) }).format(date);
}

function shortDate(date: Date, locale: string, now: Date): string {
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year(date, now) }).format(date);
}

function year(date: Date, now: Date): { year?: 'numeric' } {
  return date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
}

/** Midnights between two moments in the reader's time zone; a summer-time day may have 23 or 25 hours. */
function daysBetween(then: Date, now: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(now) - midnight(then)) / DAY);
}
