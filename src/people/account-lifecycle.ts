import { AppError } from '../errors.ts';
import type { Employee } from './employee.ts';

type AccountStatus = Employee['status'];

/** Every way in which the status of a person changes. `contact`: known from mail only. */
export const ACCOUNT_MOVES = {
  register: { from: ['contact', 'rejected'], to: 'pending' },
  create: { from: ['contact', 'rejected'], to: 'approved' },
  approve: { from: ['pending', 'rejected'], to: 'approved' },
  reject: { from: ['pending'], to: 'rejected' },
  disable: { from: ['approved'], to: 'disabled' },
  enable: { from: ['disabled'], to: 'approved' },
} as const satisfies Record<string, { from: readonly AccountStatus[]; to: AccountStatus }>;
export type AccountMove = keyof typeof ACCOUNT_MOVES;

/** What an admin may do to the status of somebody who is there. */
export const ADMIN_MOVES = ['approve', 'reject', 'disable', 'enable'] as const satisfies readonly AccountMove[];

export function mayMove(status: AccountStatus, move: AccountMove): boolean {
  const { from }: { from: readonly AccountStatus[] } = ACCOUNT_MOVES[move];
  return from.includes(status);
}

/** Changes the status. Throws `invalid_transition` with what is possible instead. */
export function moveAccount(person: Pick<Employee, 'status'>, move: AccountMove): void {
  if (!mayMove(person.status, move)) {
    const allowed = ADMIN_MOVES.filter((other) => mayMove(person.status, other));
    throw new AppError('invalid_transition', `An account that is ${person.status} cannot be ${PAST[move]}`, {
      status: person.status,
      allowed,
    });
  }
  person.status = ACCOUNT_MOVES[move].to;
}

const PAST: Record<AccountMove, string> = {
  register: 'registered',
  create: 'made',
  approve: 'approved',
  reject: 'rejected',
  disable: 'disabled',
  enable: 'enabled',
};
