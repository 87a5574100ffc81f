import type { Transaction } from '../db/transaction.ts';
import { fieldError } from '../errors.ts';
import type { Employee } from './employee.ts';
import type { Preferences } from './preferences.ts';

/** What a person may change about themselves; what is missing stays. */
export interface ProfileChange {
  firstName?: string | undefined;
  middleName?: string | undefined;
  lastName?: string | undefined;
  suffix?: string | undefined;
  /** name or id; null: none */
  department?: string | number | null | undefined;
  locale?: string | undefined;
  signature?: string | undefined;
  preferences?: Preferences | undefined;
}

/** Changes a person's own profile. The audit log names the fields, not their words. */
export async function updateProfile(tx: Transaction, actor: Employee, change: ProfileChange): Promise<void> {
  const { department, preferences, ...plain } = change;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  Object.assign(actor, given);
  if (department !== undefined) actor.departmentId = await findDepartment(tx, department);
  if (preferences) actor.preferences = { ...actor.preferences, ...preferences };
  actor.updatedAt = tx.now;
  const fields = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : asTheApiSays(name)));
  if (fields.length === 0) return;
  tx.audit({
    action: 'profile.changed',
    actorId: actor.id,
    subject: { type: 'employee', id: actor.id },
    data: { fields },
  });
}

const asTheApiSays = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

async function findDepartment({ em }: Transaction, wanted: string | number | null): Promise<number | null> {
  if (wanted === null) return null;
  const [row] = await em.execute<{ id: string }[]>(
    typeof wanted === 'number'
      ? 'select id from department where id = ? and active'
      : 'select id from department where lower(name) = lower(?) and active',
    [wanted],
  );
  if (!row) throw fieldError('department', 'There is no such department');
  return Number(row.id);
}
