import type { Reader } from './dates.ts';
import type { Bar, ReportRow, Table } from './reports.ts';
import type { dashboardEn } from './texts/dashboard-en.ts';

/** What a report shows, made of its numbers and the words of the reader. */
export interface Figure {
  sentence: string;
  bars: Bar[];
  table: Table;
}
/** Words of the reader, and what the keys of a report are called. */
export interface Words {
  w: (typeof dashboardEn)['reports'];
  reader: Reader;
  name: (row: ReportRow) => string;
}

/** A chart has no more bars; the table has them all. */
export const MOST_BARS = 8;
export const number = (n: number | null | undefined, { locale }: Reader) => (n ?? 0).toLocaleString(locale);
export const percent = (share: number | null | undefined, { locale }: Reader) =>
  (share ?? 0).toLocaleString(locale, { style: 'percent', maximumFractionDigits: 0 });
