import { Readable } from 'node:stream';
import type Router from '@koa/router';
import { csvOf, type Cell } from '../csv.ts';
import { readAuditHead } from '../db/read-audit-head.ts';
import type { RunTransaction } from '../db/transaction.ts';
import { AUDIT_COLUMNS, listAudit, readAuditLines, type AuditFilters, type AuditLine } from '../reports/list-audit.ts';
import { mount, type MountDeps } from './mount.ts';
import { sendAsFile } from './send-as-file.ts';
import { pageLink } from './page-link.ts';

/** Entries of one query of an export. */
const PAGE = 1000;

type Pages = AsyncIterable<AuditLine[]>;
const FORMATS: Record<'csv' | 'jsonl', { type: string; write: (pages: Pages) => AsyncIterable<string> }> = {
  csv: { type: 'text/csv; charset=utf-8', write: (pages) => csvOf(AUDIT_COLUMNS, cellsOf(pages)) },
  jsonl: { type: 'application/x-ndjson', write: jsonLines },
};

export function auditRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'listAudit', async ({ tx, query }) => {
    const { next, previous, results } = await listAudit(tx.em, query);
    const link = (cursor: string | null) => pageLink('/api/audit', query, cursor);
    return {
      next: link(next),
      previous: link(previous),
      results: results.map(({ prev_hash: _, row_hash: hash, ...line }) => ({ ...line, hash })),
    };
  });

  mount(router, deps, 'exportAudit', async ({ tx, actor, query: { format, ...filters }, ctx }) => {
    const { id: until } = await readAuditHead(tx);
    tx.audit({ action: 'audit.exported', actorId: actor.id, data: { format, until, ...definedOf(filters) } });
    const { type, write } = FORMATS[format];
    sendAsFile(ctx, type, `audit-${tx.now.toISOString().slice(0, 10)}.${format}`);
    ctx.body = Readable.from(write(pagesOf(deps.transaction, filters, until)));
    return undefined;
  });
}

/** What was written until now, page by page: no transaction stays open while a slow client reads. */
async function* pagesOf(
  transaction: RunTransaction,
  filters: AuditFilters,
  until: number,
): AsyncGenerator<AuditLine[]> {
  for (let after = 0; ;) {
    const page = { after, until, limit: PAGE };
    const lines = await transaction((tx) => readAuditLines(tx.em, filters, page));
    if (lines.length > 0) yield lines;
    if (lines.length < PAGE) return;
    after = lines.at(-1)?.id ?? until;
  }
}

async function* cellsOf(pages: Pages): AsyncGenerator<Cell[][]> {
  for await (const lines of pages)
    yield lines.map((line) =>
      AUDIT_COLUMNS.map((column) => (column === 'data' ? JSON.stringify(line.data) : line[column])),
    );
}

async function* jsonLines(pages: Pages): AsyncGenerator<string> {
  for await (const lines of pages) yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function definedOf(filters: AuditFilters): Record<string, string | number> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}
