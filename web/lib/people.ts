import type { Output } from '#contract/client.ts';
import { ask } from './session.svelte.ts';
import type { Hue } from './statuses.ts';

export type Employee = Output<'listEmployees'>['results'][number];
export type EmployeeDetails = Output<'readEmployee'>;
export type AccountStatus = NonNullable<Employee['status']>;
export const ROLES = ['employee', 'coordinator', 'admin'] as const satisfies readonly Employee['role'][];
export const ACCOUNT_STATUSES = [
  'approved',
  'pending',
  'contact',
  'rejected',
  'disabled',
] as const satisfies readonly AccountStatus[];

/** How the status of an account is drawn: glyph and hue. */
export const ACCOUNT_MARKS: Record<AccountStatus, { icon: string; hue?: Hue }> = {
  approved: { icon: 'check', hue: 'done' },
  pending: { icon: 's-pending', hue: 'theirs' },
  contact: { icon: 'mail' },
  rejected: { icon: 's-rejected', hue: 'danger' },
  disabled: { icon: 's-rejected', hue: 'danger' },
};

/** Lets a registration in, as what the admin has chosen. Throws ApiError. */
export function approve({ id, version }: Employee, role: Employee['role']): Promise<EmployeeDetails> {
  return ask('approveEmployee', {
    params: { id: String(id) },
    body: { role, ...(version !== undefined && { version }) },
  });
}

/** Refuses a registration; the person reads the reason. Throws ApiError. */
export function reject({ id, version }: Employee, reason: string): Promise<EmployeeDetails> {
  return ask('rejectEmployee', {
    params: { id: String(id) },
    body: { reason, ...(version !== undefined && { version }) },
  });
}
