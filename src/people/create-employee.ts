import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/schema.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { mayMove, moveAccount } from './account-lifecycle.ts';
import { nextCompanyId } from './company-id.ts';
import type { Employee } from './employee.ts';
import { findOrMakePerson } from './find-or-make-person.ts';
import { inviteEmployee } from './invite-employee.ts';
import { setDepartments } from './set-departments.ts';

export interface NewEmployee {
  email: string;
  firstName: string;
  middleName: string;
  lastName: string;
  suffix: string;
  role: Role;
  departmentId: number | null;
  /** Ids of departments that a coordinator works for. */
  departments: readonly number[];
  /** null: that of the desk */
  locale: Settings['locale'] | null;
}

/** Makes an approved account without a password and mails its owner a link to choose one. A contact keeps their tickets. */
export async function createEmployee(
  tx: Transaction,
  links: Buffer,
  given: NewEmployee,
  actor: Employee,
): Promise<Employee> {
  const person = await findOrMakePerson(tx, given.email);
  const { status: before } = person;
  if (!mayMove(before, 'create'))
    throw new AppError('conflict', 'Somebody with this address is here already', { id: person.id, status: before });
  moveAccount(person, 'create');
  const { email: _, locale, departments, ...details } = given;
  Object.assign(person, details, {
    companyId: person.companyId ?? (await nextCompanyId(tx)),
    locale: locale ?? (await readSettings(tx)).locale,
    ...{ passwordHash: null, emailConfirmedAt: null, decidedAt: tx.now, decidedBy: actor.id, decisionReason: null },
    updatedAt: tx.now,
  });
  await setDepartments(tx, person, departments);
  tx.audit({
    ...{ action: 'employee.created', actorId: actor.id, subject: { type: 'employee', id: person.id } },
    data: { before, role: person.role, department: person.departmentId ?? null, departments: [...departments] },
  });
  await inviteEmployee(tx, links, person, actor);
  return person;
}
