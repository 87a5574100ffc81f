import { defineEntity, p } from '@mikro-orm/postgresql';
import type { TaskReport } from '../mail/doctor/mailbox-tools.ts';
import { Employee } from '../people/employee.ts';
import type { Scope } from '../people/scopes.ts';

export const TASK_STATES = ['queued', 'running', 'done', 'failed'] as const;

/** What became of one part: the object it was about, and why it was refused. */
export interface TaskLine {
  id: number;
  ok: boolean;
  /** What a look at something afar found. */
  report?: TaskReport;
  problem?: { error: string; code: string; details: Record<string, unknown> };
  /** A word for what became of it, and the id of what it made or found. */
  outcome?: string;
  subjectId?: number;
}

/** The file that a task makes, as it was ordered. */
export interface TaskFile {
  name: string;
  /** media type */
  type: string;
  /** What an API key must be good for to read it. */
  scope: Scope;
  /** With whose rights it is made (`rightsOf`). */
  rights: string;
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
    file: p.json<TaskFile>().nullable(),
    // until when the file can be downloaded
    fileUntil: p.datetime().nullable(),
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
