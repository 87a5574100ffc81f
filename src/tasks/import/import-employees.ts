import { z } from 'zod';
import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { createEmployee } from '../../people/create-employee.ts';
import { Employee } from '../../people/employee.ts';
import { ROLES } from '../../tickets/lifecycle.ts';
import type { Step, StepResult } from '../kinds.ts';

const person = z.object({
  line: z.int(),
  email: z.string(),
  first_name: z.string(),
  middle_name: z.string(),
  last_name: z.string(),
  suffix: z.string(),
  role: z.enum(ROLES),
  departmentId: z.int().nullable(),
  departments: z.array(z.int()),
  locale: z.enum(['en', 'de']).nullable(),
});
const input = z.object({ people: z.array(person) });

/** A person of a file that was found right, with ids instead of names. */
export type ImportedPerson = z.output<typeof person>;
export type ImportInput = z.output<typeof input>;

/**
 * Accounts from a file, a line a part: made and invited, or left as they are where they are there already and nothing differs. So the same file again
 * makes nothing twice. What differs is refused at its line: an import makes accounts and never changes one.
 */
export const importEmployees = {
  input,
  lines: 'each' as const,
  roles: ['admin'] as const,
  parts: ({ people }: ImportInput) => people.map(({ line }) => line),
  async step(tx: Transaction, { actor, input, part, links }: Step<ImportInput>): Promise<StepResult> {
    const given = input.people[part];
    if (!given) throw new Error(`The import has no part ${part}`);
    const known = await tx.em.findOne(Employee, { email: given.email });
    if (known?.status === 'approved') {
      await refuseDifferent(tx, known, given);
      return { outcome: 'unchanged', subjectId: known.id };
    }
    const { email, first_name, middle_name, last_name, suffix, role, locale, departmentId, departments } = given;
    const names = { firstName: first_name, middleName: middle_name, lastName: last_name, suffix };
    const made = await createEmployee(tx, links, { email, ...names, role, locale, departmentId, departments }, actor);
    return { outcome: 'made', subjectId: made.id };
  },
};

async function refuseDifferent(tx: Transaction, known: Employee, given: ImportedPerson): Promise<void> {
  const rows = await tx.em.execute<{ department_id: string }[]>(
    'select department_id from coordinator_department where employee_id = ?',
    [known.id],
  );
  const listed = (ids: readonly number[]) => ids.toSorted((a, b) => a - b).join(',');
  const pairs: Record<string, readonly [unknown, unknown]> = {
    first_name: [known.firstName, given.first_name],
    middle_name: [known.middleName, given.middle_name],
    last_name: [known.lastName, given.last_name],
    suffix: [known.suffix, given.suffix],
    role: [known.role, given.role],
    department: [known.departmentId ?? null, given.departmentId],
    departments: [listed(rows.map(({ department_id }) => Number(department_id))), listed(given.departments)],
    locale: [known.locale, given.locale ?? known.locale],
  };
  const differ = Object.keys(pairs).filter((name) => pairs[name]?.[0] !== pairs[name]?.[1]);
  if (differ.length > 0)
    throw new AppError('conflict', 'Somebody with this address is here with other details: change the account', {
      ...{ id: known.id, fields: differ },
    });
}
