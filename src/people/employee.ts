import { defineEntity, p } from '@mikro-orm/postgresql';
import { ROLES } from '../tickets/lifecycle.ts';
import type { Preferences } from './preferences.ts';

export const EMPLOYEE_STATUSES = ['contact', 'pending', 'approved', 'rejected', 'disabled'] as const;

const EmployeeSchema = defineEntity({
  name: 'Employee',
  tableName: 'employee',
  properties: {
    id: p.bigint('number').primary(),
    companyId: p.text().nullable(),
    email: p.text(),
    firstName: p.text().default(''),
    middleName: p.text().default(''),
    lastName: p.text().default(''),
    suffix: p.text().default(''),
    role: p.enum(ROLES),
    status: p.enum(EMPLOYEE_STATUSES),
    departmentId: p.bigint('number').nullable(),
    passwordHash: p.text().nullable(),
    locale: p.text().default('en'),
    /** Lines below what the person writes in mails; empty: their name. */
    signature: p.text().default(''),
    emailConfirmedAt: p.datetime().nullable(),
    pictureSha256: p.text().nullable(),
    preferences: p.json<Preferences>().onCreate(() => ({})),
    registeredAt: p.datetime().nullable(),
    decidedAt: p.datetime().nullable(),
    decidedBy: p.bigint('number').nullable(),
    decisionReason: p.text().nullable(),
    passwordChangedAt: p.datetime().nullable(),
    // nothing of the row says any more who it was
    erasedAt: p.datetime().nullable(),
    version: p.integer().default(1),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

/** A person: who asks, who answers, or who is only known from a mail (status `contact`). `email` is normalised. */
export class Employee extends EmployeeSchema.class {}
EmployeeSchema.setClass(Employee);

/** Who acts: what a verb must know of a person. */
export type Person = Pick<Employee, 'id' | 'email' | 'role' | 'status' | 'departmentId'>;

/** What people are called on screen and in mail: the name, or the address when there is none. */
export function displayName(person: Pick<Employee, 'firstName' | 'lastName' | 'email'>): string {
  return `${person.firstName} ${person.lastName}`.trim() || person.email;
}

/** Whether the name is known to be the person's own: the address is confirmed, or an admin knows them. Otherwise a stranger may have written it. */
export function hasOwnName(person: Pick<Employee, 'status' | 'emailConfirmedAt'>): boolean {
  return person.status === 'approved' || person.status === 'disabled' || Boolean(person.emailConfirmedAt);
}

export function isStaff(person: Pick<Employee, 'role' | 'status'>): boolean {
  return person.status === 'approved' && person.role !== 'employee';
}
