import type { EntityManager } from '@mikro-orm/postgresql';
import { EMPLOYEE, visiblePeople, type EmployeeRow } from './employee-row.ts';
import type { Employee } from './employee.ts';
import { employeeNotFound } from './lock-employee.ts';

/** A person whom the reader may see; 404 for any other. */
export async function readEmployee(em: EntityManager, reader: Employee, id: number): Promise<EmployeeRow> {
  const { sql, params } = visiblePeople(reader);
  const [row] = await em.execute<EmployeeRow[]>(
    `select ${EMPLOYEE.columns} from ${EMPLOYEE.from} where e.id = ? and ${sql}`,
    [id, ...params],
  );
  if (!row) throw employeeNotFound();
  return row;
}
