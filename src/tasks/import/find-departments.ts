import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { findClassification } from '../../tickets/find-category.ts';
import type { ImportedPerson } from './import-employees.ts';
import type { NamedPerson, WrongLines } from './read-people-csv.ts';

/** The same people with the ids of their departments; a name that is none is noted at its line. */
export async function findDepartments(
  tx: Transaction,
  people: readonly NamedPerson[],
  wrong: WrongLines,
): Promise<ImportedPerson[]> {
  const known = new Map<string, Promise<number | null>>();
  const idOf = async (name: string, line: number) => {
    const asked = known.get(name) ?? find(tx, name);
    known.set(name, asked);
    const id = await asked;
    if (id === null) wrong.set(line, [...(wrong.get(line) ?? []), `department: there is no "${name}"`]);
    return id;
  };
  const found: ImportedPerson[] = [];
  for (const { department, departments, ...person } of people) {
    const own: number[] = [];
    for (const name of departments) own.push((await idOf(name, person.line)) ?? 0);
    const departmentId = department === undefined ? null : await idOf(department, person.line);
    found.push({ ...person, departmentId, departments: own });
  }
  return found;
}

/** null: there is none of this name. */
async function find(tx: Transaction, department: string): Promise<number | null> {
  return findClassification(tx, { department }).then(
    ({ departmentId }) => departmentId,
    (error: unknown) => {
      if (error instanceof AppError) return null;
      throw error;
    },
  );
}
