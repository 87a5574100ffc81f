import { describe, expect, it } from 'vitest';
import { momentsOf, rangeOf, rangeQuery } from '../../web/lib/report-range.ts';
import { byDay, byGroup } from '../../web/lib/report-volume.ts';
import { byAge } from '../../web/lib/report-work.ts';
import { columnsOf, pathBehind, saySpan, type Report } from '../../web/lib/reports.ts';
import { dashboardEn } from '../../web/lib/texts/dashboard-en.ts';
import { en } from '../../web/lib/texts/en.ts';

const now = new Date(2026, 10, 28, 9, 42);
const words = {
  w: dashboardEn.reports,
  reader: { locale: 'en-GB', texts: en, now },
  name: ({ label }: { label: string }) => label,
};
const row = (key: string, submitted: number, list: Record<string, string> = {}) => ({
  ...{ key, label: key, values: { submitted, resolved: 0 } },
  list: { created_from: `${key}T00:00:00.000Z`, created_to: `${key}T23:59:59.000Z`, ...list },
  lists: {},
});
const report = (rows: Report['rows'], before = 0): Report => ({
  ...{ from: new Date(2026, 10, 1).toISOString(), to: new Date(2026, 10, 4).toISOString(), rows },
  ...{
    columns: [],
    total: { submitted: rows.reduce((sum, { values }) => sum + (values['submitted'] ?? 0), 0), resolved: 1 },
  },
  before: { from: '', to: '', rows: [row('2026-11-02', 2)], total: { submitted: before } },
});

describe('the days of reports', () => {
  it('stand in the address, the usual ones do not', () => {
    for (const range of [{ days: '7' }, { from: '2026-11-01', to: '2026-11-09' }] as const)
      expect(rangeOf(new URLSearchParams(rangeQuery(range)))).toEqual(range);
    expect(rangeQuery({ days: '30' })).toBe('');
    expect(rangeOf(new URLSearchParams('from=2026-02-31x&to=2026-03-01&days=400'))).toEqual({ days: '30' });
  });
  it('are whole ones, and today counts up to now', () => {
    expect(momentsOf({ days: '7' }, now)).toEqual({ from: new Date(2026, 10, 22).toISOString() });
    expect(momentsOf({ from: '2026-11-01', to: '2026-11-02' }, now)).toEqual({
      from: new Date(2026, 10, 1).toISOString(),
      to: new Date(2026, 10, 3).toISOString(),
    });
  });
});

describe('a report', () => {
  it('by day has a column for days without a ticket, and each number leads to its list', () => {
    const { bars, table, sentence } = byDay(report([row('2026-11-01', 4), row('2026-11-03', 1)], 7), words);
    expect(bars.map(({ value }) => value)).toEqual([4, 0, 1]);
    expect(sentence).toBe('5 came in, 2 fewer than before. 1 of them are solved by now.');
    expect(table.rows.map((cells) => cells[1]?.to)).toEqual([
      '/tickets?view=all&created_from=2026-11-01T00%3A00%3A00.000Z&created_to=2026-11-01T23%3A59%3A59.000Z',
      undefined,
      '/tickets?view=all&created_from=2026-11-03T00%3A00%3A00.000Z&created_to=2026-11-03T23%3A59%3A59.000Z',
    ]);
  });

  it('of many days has weeks, which lose no ticket', () => {
    const weeks = columnsOf({ rows: [row('2026-01-02', 3), row('2026-11-27', 5)] }, '2026-01-01', '2026-11-28');
    expect(weeks).toHaveLength(48);
    expect(weeks.reduce((sum, { values }) => sum + (values['submitted'] ?? 0), 0)).toBe(8);
    expect(weeks[0]?.list?.['created_to']).toBe('2026-01-02T23:59:59.000Z');
  });

  it('says beside each group how it was before', () => {
    const { bars } = byGroup(report([row('2026-11-02', 9), row('2026-11-03', 1)]), words);
    expect(bars.map(({ value, before }) => [value, before])).toEqual([
      [9, 2],
      [1, 0],
    ]);
  });

  it('of ages leads to what was submitted within them', () => {
    const ages = { from: '', to: '2026-11-28T12:00:00.000Z', columns: [], before: null };
    const values = { under_1_day: 1, '1_to_3_days': 0, '3_to_7_days': 2, '7_to_30_days': 0, over_30_days: 1, all: 4 };
    const { table } = byAge(
      { ...ages, total: values, rows: [{ key: 'new', label: 'new', values, list: { status: 'new' }, lists: {} }] },
      words,
    );
    expect(table.rows[0]?.map(({ text, to }) => [text, to && decodeURIComponent(to)])).toEqual([
      ['new', undefined],
      ['1', '/tickets?view=all&status=new&created_from=2026-11-27T12:00:00.000Z'],
      ['0', undefined],
      ['2', '/tickets?view=all&status=new&created_from=2026-11-21T12:00:00.000Z&created_to=2026-11-25T12:00:00.000Z'],
      ['0', undefined],
      ['1', '/tickets?view=all&status=new&created_to=2026-10-29T12:00:00.000Z'],
      ['4', '/tickets?view=all&status=new'],
    ]);
  });

  it('leads from a number to the list of its column, or to that of its row; a day without tickets leads nowhere', () => {
    const [list, lists] = [{ category: 'none' }, { resolved: { category: 'none', solved: 'true' } }];
    const values = { submitted: 2, resolved: 1 };
    expect(pathBehind({ list, lists, values }, 'resolved')).toBe('/tickets?view=all&category=none&solved=true');
    expect(pathBehind({ list, lists, values })).toBe('/tickets?view=all&category=none');
    expect(pathBehind({ list, lists, values: { resolved: 0 } }, 'resolved')).toBeUndefined();
    expect(pathBehind({ list: null, lists: {}, values }, 'resolved')).toBeUndefined();
  });

  it.each([
    [20, '1 min'],
    [2880, '48 min'],
    [12_000, '3.3 h'],
    [40 * 3600, '40 h'],
    [155_520, '43 h'],
    [10 * 86_400, '10 d'],
    [null, '–'],
  ])('says %s seconds as %s', (seconds, said) =>
    expect(saySpan(seconds, dashboardEn.reports.spans, 'en-GB')).toBe(said),
  );
});
