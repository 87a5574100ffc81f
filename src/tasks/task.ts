import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from '../people/employee.ts';

export const TASK_STATES = ['queued', 'running', 'done', 'failed'] as const;

/** What became of one part: the object it was about, and why it was refused. */
export interface TaskLine {
  id: number;
  ok: boolean;
  problem?: { error: string; code: string; details: Record<string, unknown> };
}

const TaskSchema = defineEntity({
  name: 'Task',
  tableName: 'task',
  properties: {
    id: p.bigint('number').primary(),
    kind: p.text(),
    employee: () => p.manyToOne(Employee),
    input: p.json<unknown>(),
    state: p.enum(TASK_STATES),
    progress: p.integer().default(0),
    total: p.integer(),
    result: p.json<TaskLine[]>().onCreate(() => []),
    error: p.text().nullable(),
    attempts: p.integer().default(0),
    nextAt: p.datetime(),
    leaseToken: p.uuid().nullable(),
    createdAt: p.datetime(),
    finishedAt: p.datetime().nullable(),
  },
});

/** Work that was answered with 202, done by the worker in parts; each part's change and its line of the result are one transaction. */
export class Task extends TaskSchema.class {}
TaskSchema.setClass(Task);
