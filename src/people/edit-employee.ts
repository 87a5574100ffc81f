import { UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import type { Settings } from '../settings/schema.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { moveAccount } from './account-lifecycle.ts';
import { endLinks, makeLink } from './account-link.ts';
import { sendAccountNotice } from './account-notice.ts';
import type { Employee } from './employee.ts';
import { endSessions } from './end-sessions.ts';
import { inviteEmployee } from './invite-employee.ts';
import { lockAdmins, lockEmployee } from './lock-employee.ts';
import { setDepartments } from './set-departments.ts';

/** What an admin may change of somebody; what is not there stays. */
export interface EmployeeEdit {
  email?: string | undefined;
  firstName?: string | undefined;
  middleName?: string | undefined;
  lastName?: string | undefined;
  suffix?: string | undefined;
  departmentId?: number | null | undefined;
  locale?: Settings['locale'] | undefined;
  role?: Role | undefined;
  status?: 'approved' | 'disabled' | undefined;
  departments?: readonly number[] | undefined;
}

/**
 * Changes an account. Its version rises, so that tokens of before are refused at the next request; whoever loses or gains rights signs in again.
 * Nobody takes their own rights, nor those of the last admin.
 */
export async function editEmployee(
  tx: Transaction,
  links: Buffer,
  id: number,
  { edit, actor, version }: { edit: EmployeeEdit; actor: Employee; version?: number | undefined },
): Promise<void> {
  const takesRights = edit.status === 'disabled' || (edit.role !== undefined && edit.role !== 'admin');
  const admins = takesRights ? await lockAdmins(tx) : [];
  const person = await lockEmployee(tx, id, version);
  if (takesRights) refuseToLoseAdmins(person, { edit, actor, admins });

  const [before, address] = [rightsOf(person), person.email];
  if (edit.status !== undefined && edit.status !== person.status)
    moveAccount(person, edit.status === 'disabled' ? 'disable' : 'enable');
  const changed = assign(person, edit);
  const departments = departmentsOf(edit, before.role !== person.role);
  if (departments) await setDepartments(tx, person, departments);
  if (changed.length === 0 && !departments && before.status === person.status) return;

  person.version += 1;
  person.updatedAt = tx.now;
  if (person.email !== address) await changeAddress(tx, links, person, { before: address, actor });
  const after = rightsOf(person);
  if (after.role !== before.role || after.status !== before.status) await endAccess(tx, person);
  tx.audit({
    ...{ action: actionOf(before, after), actorId: actor.id, subject: { type: 'employee', id } },
    data: { fields: changed, before, after, ...(departments && { departments: [...departments] }) },
  });
}

function refuseToLoseAdmins(
  person: Employee,
  { edit, actor, admins }: { edit: EmployeeEdit; actor: Employee; admins: readonly number[] },
): void {
  const loses = edit.status === 'disabled' || (edit.role ?? person.role) !== person.role;
  if (!loses) return;
  if (person.id === actor.id) throw new AppError('forbidden', 'Nobody takes their own rights: ask another admin');
  if (admins.length === 1 && admins[0] === person.id)
    throw new AppError('forbidden', 'This is the last admin: make somebody else an admin first');
}

const FIELDS = ['email', 'firstName', 'middleName', 'lastName', 'suffix', 'departmentId', 'locale', 'role'] as const;

/** Gives the names of what is different now, never the values. */
function assign(person: Employee, edit: EmployeeEdit): string[] {
  const changed = FIELDS.filter((field) => edit[field] !== undefined && edit[field] !== (person[field] ?? null));
  Object.assign(person, Object.fromEntries(changed.map((field) => [field, edit[field]])));
  return changed.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** Who is no coordinator any more works for no department. */
function departmentsOf({ departments, role }: EmployeeEdit, roleChanged: boolean): readonly number[] | null {
  return departments ?? (roleChanged && role !== 'coordinator' ? [] : null);
}

/** The new address is asked, or invited when there is no password yet; the old one is told, and links that went there end. */
async function changeAddress(
  tx: Transaction,
  links: Buffer,
  person: Employee,
  { before, actor }: { before: string; actor: Employee },
): Promise<void> {
  const { id: employeeId, email, status } = person;
  if (status === 'contact') throw fieldError('email', 'is all that is known of a contact: make an account instead');
  person.emailConfirmedAt = null;
  await flushAddress(tx);
  await endLinks(tx, employeeId);
  await sendAccountNotice(tx, { employeeId, template: 'email-changed', recipient: before, data: { email } });
  if (status === 'approved' && !person.passwordHash) return inviteEmployee(tx, links, person, actor);
  const linkId = await makeLink(tx, links, { employeeId, purpose: 'confirm-email' });
  await sendAccountNotice(tx, { employeeId, template: 'confirm-email', linkId });
}

async function flushAddress({ em }: Transaction): Promise<void> {
  await em.flush().catch((error: unknown) => {
    if (error instanceof UniqueConstraintViolationException)
      throw new AppError('conflict', 'Somebody else has this address', { email: ['belongs to somebody else'] });
    throw error;
  });
}

/** Whoever signs in again does so by the rules of the new role. What a disabled account left open stays closed when it is enabled again. */
async function endAccess(tx: Transaction, { id, status }: Employee): Promise<void> {
  await endSessions(tx, id);
  if (status !== 'disabled') return;
  await endLinks(tx, id);
  await tx.em.execute('update api_key set revoked_at = ? where employee_id = ? and revoked_at is null', [tx.now, id]);
}

type Rights = Pick<Employee, 'role' | 'status'>;
const rightsOf = ({ role, status }: Rights): Rights => ({ role, status });

function actionOf(before: Rights, after: Rights): string {
  if (before.status !== after.status) return after.status === 'disabled' ? 'employee.disabled' : 'employee.enabled';
  return before.role === after.role ? 'employee.edited' : 'employee.role_changed';
}
