import { z } from 'zod';
import { csvLine, type Cell } from '../../csv.ts';
import type { Transaction } from '../../db/transaction.ts';
import type { Employee } from '../../people/employee.ts';
import type { Scope } from '../../people/scopes.ts';
import type { Step } from '../kinds.ts';

/** A table that can be had as a file. */
export interface ExportSource<F> {
  /** The file is called so, with its day. */
  name: string;
  scope: Scope;
  filters: z.ZodType<F>;
  columns: readonly string[];
  /** Ids of one part: so many rows at most. */
  range: number;
  /** The rows with an id after one and up to another, in order, as this person sees them. */
  rows(
    tx: Transaction,
    actor: Employee,
    filters: F,
    ids: { after: number; until: number },
  ): Promise<Record<string, Cell>[]>;
}

export interface ExportInput<F> {
  format: 'csv' | 'jsonl';
  filters: F;
  /** The last id that there was when it was ordered. */
  until: number;
  /** The day of the order, for the file's name. */
  day: string;
}

const TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson' } as const;

/**
 * An export as a task: a range of ids a part, each written beside the count of parts, so that the file has every row once, whatever dies. It is made
 * with the rights of who ordered it, as they were then; when those change, it ends.
 */
export function exportKind<F>({ name, scope, filters, columns, range, rows }: ExportSource<F>) {
  const input: z.ZodType<ExportInput<F>> = z.object({
    format: z.enum(['csv', 'jsonl']),
    filters,
    until: z.int(),
    day: z.string(),
  }) as unknown as z.ZodType<ExportInput<F>>;
  return {
    input,
    lines: 'none' as const,
    // One at least, as a file of no rows has a header.
    parts: ({ until }: ExportInput<F>) =>
      Array.from({ length: Math.max(1, Math.ceil(until / range)) }, (_, part) => part * range),
    file: ({ format, day }: ExportInput<F>) => ({ name: `${name}-${day}.${format}`, type: TYPES[format], scope }),
    async step(tx: Transaction, step: Step<ExportInput<F>>): Promise<void> {
      const { actor, input, id: after, part, taskId } = step;
      const until = Math.min(after + range, input.until);
      const found = await rows(tx, actor, input.filters, { after, until });
      const head = input.format === 'csv' && part === 0 ? `\uFEFF${csvLine(columns)}` : '';
      const lines = found.map((row) => (input.format === 'csv' ? csvLine(cellsOf(row)) : `${JSON.stringify(row)}\n`));
      await tx.em.execute('insert into task_file (task_id, part, content) values (?, ?, ?)', [
        ...[taskId, part, head + lines.join('')],
      ]);
    },
  };

  function cellsOf(row: Record<string, unknown>): Cell[] {
    return columns.map((column) => cellOf(row[column]));
  }
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as Cell);
}
