import type { Output } from '#contract/client.ts';

export type AuditEntry = Output<'listAudit'>['results'][number];
export const AUDIT_AREAS = [
  'any',
  'employee',
  'session',
  'password',
  'second_factor',
  'identity',
  'setting',
  'mail_text',
  'message',
  'mailbox',
  'job',
  'api_key',
  'audit',
] as const;
export type AuditArea = (typeof AUDIT_AREAS)[number];

/** What is looked for in the audit log. Dates are days (yyyy-mm-dd) of the reader, '' for no bound. */
export interface AuditFilter {
  area: AuditArea;
  outcome: 'any' | 'done' | 'refused';
  from: string;
  to: string;
  actor: { id: number; name: string } | null;
}

/** The filter as the API takes it: an area is how its actions begin, a day reaches from its first moment to the next day's. */
export function auditQuery({ area, outcome, from, to, actor }: AuditFilter) {
  return {
    ...(area !== 'any' && { action: `${area}.` }),
    ...(outcome !== 'any' && { outcome }),
    ...(from && { from: startOf(from, 0) }),
    ...(to && { to: startOf(to, 1) }),
    ...(actor && { actor: String(actor.id) }),
  };
}

function startOf(day: string, plus: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + plus).toISOString();
}

/** The details of an entry as lines: name and value, nested values as JSON. */
export function detailsOf({ data }: Pick<AuditEntry, 'data'>): [string, string][] {
  return Object.entries(data).map(([name, value]) => [
    name.replaceAll('_', ' '),
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}
