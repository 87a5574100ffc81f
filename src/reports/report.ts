import type { EntityManager } from '@mikro-orm/postgresql';
import type { Sql } from '../db/keyset.ts';

/** What a report is asked for: tickets of a scope (a condition on `t`), in a range of time, in days of this zone. */
export interface Asked {
  scope: Sql;
  from: Date;
  to: Date;
  now: Date;
  timeZone: string;
}

export type Values = Record<string, number | null>;

export interface ReportRow {
  key: string | null;
  label: string;
  values: Values;
  /** The query of the list of tickets behind it. */
  list: Record<string, string>;
  /** By the name of the column, where its number has another list. */
  lists: Record<string, Record<string, string>>;
}

/** One report: its columns, and how its rows are counted. */
export interface ReportKind {
  columns: readonly string[];
  /** Columns whose rows can be added up. */
  added: readonly string[];
  /** Whether there is something to compare with: not for what is about now. */
  compared: boolean;
  rows(em: EntityManager, asked: Asked): Promise<ReportRow[]>;
}

export interface Report {
  from: Date;
  to: Date;
  columns: readonly string[];
  rows: ReportRow[];
  total: Values;
  before: { from: Date; to: Date; rows: ReportRow[]; total: Values } | null;
}

/** A report of a range, beside the range of the same length just before it. */
export async function makeReport(em: EntityManager, kind: ReportKind, asked: Asked): Promise<Report> {
  const { from, to } = asked;
  const rows = await kind.rows(em, asked);
  const start = new Date(from.getTime() - (to.getTime() - from.getTime()));
  const earlier = kind.compared ? await kind.rows(em, { ...asked, from: start, to: from }) : null;
  return {
    ...{ from, to, columns: kind.columns, rows, total: totalOf(kind, rows) },
    before: earlier && { from: start, to: from, rows: earlier, total: totalOf(kind, earlier) },
  };
}

function totalOf({ added }: ReportKind, rows: readonly ReportRow[]): Values {
  return Object.fromEntries(
    added.map((name) => [name, rows.reduce((sum, { values }) => sum + (values[name] ?? 0), 0)]),
  );
}

/** Numbers of a row as PostgreSQL gives them (text for what is long) as numbers. */
export function valuesOf(row: Record<string, unknown>, columns: readonly string[]): Values {
  return Object.fromEntries(
    columns.map((name) => {
      const value = row[name];
      return [name, value === null || value === undefined ? null : Number(value)];
    }),
  );
}
