import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { Task } from './task.ts';

/** A task for whoever started it, or an admin; for anybody else there is none: 404. */
export async function findTask(em: EntityManager, reader: Employee, id: number): Promise<Task> {
  const task = await em.findOne(Task, reader.role === 'admin' ? { id } : { id, employee: reader.id });
  if (!task) throw new AppError('not_found', 'There is no such task');
  return task;
}
