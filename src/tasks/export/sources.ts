import { AUDIT_COLUMNS, readAuditLines, type AuditFilters } from '../../reports/list-audit.ts';
import { PEOPLE_COLUMNS, readPeopleRows, type PeopleFilters } from '../../reports/read-people-rows.ts';
import { readTicketRows, TICKET_COLUMNS, type TicketFilters } from '../../reports/read-ticket-rows.ts';
import { z } from 'zod';
import { exportKind, type ExportSource } from './export-kind.ts';

/** The route has checked what stands in them; here they only come back from the database. */
const stored = <F extends object>() => z.record(z.string(), z.unknown()) as unknown as z.ZodType<F>;

const tickets: ExportSource<TicketFilters> = {
  name: 'tickets',
  scope: 'tickets:read',
  filters: stored(),
  columns: TICKET_COLUMNS,
  range: 2000,
  rows: ({ em }, actor, filters, ids) => readTicketRows(em, actor, filters, ids),
};

const people: ExportSource<PeopleFilters> = {
  name: 'employees',
  scope: 'people:read',
  filters: stored(),
  columns: PEOPLE_COLUMNS,
  range: 2000,
  rows: ({ em }, _, filters, ids) => readPeopleRows(em, filters, ids),
};

const audit: ExportSource<AuditFilters> = {
  name: 'audit',
  scope: 'audit:read',
  filters: stored(),
  columns: AUDIT_COLUMNS,
  range: 5000,
  rows: async ({ em }, _, filters, { after, until }) =>
    (await readAuditLines(em, filters, { after, until, limit: until - after })) as unknown as Record<string, never>[],
};

export const exportTickets = exportKind(tickets);
export const exportEmployees = exportKind(people);
export const exportAudit = exportKind(audit);
