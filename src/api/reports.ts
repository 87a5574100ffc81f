import type Router from '@koa/router';
import { create as contentDisposition } from 'content-disposition';
import type { Transaction } from '../db/transaction.ts';
import { csvLine } from '../csv.ts';
import { fieldError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { backlog } from '../reports/backlog.ts';
import type { By } from '../reports/grouping.ts';
import { makeReport, type Report, type ReportKind } from '../reports/report.ts';
import { reopens } from '../reports/reopens.ts';
import { timesBy } from '../reports/times.ts';
import { volumeBy } from '../reports/volume.ts';
import { workload } from '../reports/workload.ts';
import { readSettings } from '../settings/read-settings.ts';
import { visibleTickets } from '../tickets/access.ts';
import { mount, type MountDeps } from './mount.ts';

const DAY = 24 * 3600 * 1000;
/** Days of a report when none are said. */
const USUAL_DAYS = 30;
const MOST_DAYS = 1100;

const KINDS: Record<'volume' | 'times' | 'backlog' | 'reopens' | 'workload', (by: By | undefined) => ReportKind> = {
  volume: (by = 'day') => volumeBy(by),
  times: (by = 'priority') => timesBy(by === 'day' ? 'priority' : by),
  backlog: () => backlog,
  reopens: () => reopens,
  workload: () => workload,
};

interface Range {
  from?: string | undefined;
  to?: string | undefined;
}

/** Numbers over the tickets that the reader may see. */
export function reportRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'reportVolume', async ({ tx, actor, query }) =>
    present(await report(tx, actor, KINDS.volume(query.by), query)),
  );
  mount(router, deps, 'reportTimes', async ({ tx, actor, query }) =>
    present(await report(tx, actor, KINDS.times(query.by), query)),
  );
  mount(router, deps, 'reportBacklog', async ({ tx, actor, query }) =>
    present(await report(tx, actor, backlog, query)),
  );
  mount(router, deps, 'reportReopens', async ({ tx, actor, query }) =>
    present(await report(tx, actor, reopens, query)),
  );
  mount(router, deps, 'reportWorkload', async ({ tx, actor, query }) =>
    present(await report(tx, actor, workload, query)),
  );

  mount(router, deps, 'exportReport', async ({ tx, actor, query, ctx }) => {
    const made = await report(tx, actor, KINDS[query.report](query.by), query);
    ctx.status = 200;
    ctx.set('Content-Type', 'text/csv; charset=utf-8; header=present');
    const name = `${query.report}-${made.from.toISOString().slice(0, 10)}.csv`;
    ctx.set('Content-Disposition', contentDisposition(name, { type: 'attachment' }));
    ctx.set('Cache-Control', 'private, no-store');
    ctx.body = csvOfReport(made);
    return undefined;
  });
}

async function report(tx: Transaction, reader: Employee, kind: ReportKind, range: Range): Promise<Report> {
  const to = range.to === undefined ? tx.now : new Date(range.to);
  const from = range.from === undefined ? new Date(to.getTime() - USUAL_DAYS * DAY) : new Date(range.from);
  if (from >= to) throw fieldError('from', 'must be before the end');
  if (to.getTime() - from.getTime() > MOST_DAYS * DAY)
    throw fieldError('from', `must be at most ${MOST_DAYS} days before the end`);
  const { time_zone: timeZone } = await readSettings(tx);
  return makeReport(tx.em, kind, { scope: visibleTickets(reader), from, to, now: tx.now, timeZone });
}

function present({ from, to, columns, rows, total, before }: Report) {
  return {
    ...{ from: from.toISOString(), to: to.toISOString(), columns: [...columns], rows, total },
    before: before && { ...before, from: before.from.toISOString(), to: before.to.toISOString() },
  };
}

/** The range and the one before it, one below the other, so that a spreadsheet can compare them. */
function csvOfReport({ from, columns, rows, before }: Report): string {
  const lines = [
    ...rows.map((row) => ({ row, start: from })),
    ...(before?.rows ?? []).map((row) => ({ row, start: before?.from ?? from })),
  ];
  const cells = lines.map(({ row, start }) => [
    start.toISOString(),
    row.label,
    ...columns.map((name) => row.values[name] ?? null),
  ]);
  return `\uFEFF${csvLine(['range_from', 'row', ...columns])}${cells.map(csvLine).join('')}`;
}
