import type { z } from 'zod';
import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import type { MailboxTools, TaskReport } from '../mail/doctor/mailbox-tools.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { changeTickets } from './change-tickets.ts';
import { erasePerson } from './erase-person.ts';
import { exportAudit, exportEmployees, exportTickets } from './export/sources.ts';
import { importEmployees } from './import/import-employees.ts';
import { examineMailbox, rehearseMailbox } from './look-at-mailbox.ts';
import type { TaskFile } from './task.ts';

/** One part under way. */
export interface Step<I> {
  /** Who asked for it. */
  actor: Employee;
  input: I;
  /** What the part is about, and its place among all of them. */
  id: number;
  part: number;
  taskId: number;
  /** Derives the tokens of links sent by mail. */
  links: Buffer;
}

/** What a part adds to its line: a word for what became of it, and the id of the object that it made or found. */
export interface StepResult {
  outcome: string;
  subjectId: number;
}

/** A kind of work that takes longer than a request may. */
export interface TaskKind<I> {
  input: z.ZodType<I>;
  /** The id of the object that each part is about, in order. */
  parts(input: I): readonly number[];
  /** each: every part has its line, and a refused one is no matter of the others. none: they are pieces of one thing, and a refusal ends it. */
  lines: 'each' | 'none';
  /** Goes on when whoever asked for it has left: it was decided when it was begun. */
  outlives?: true;
  /** Who may have it done, where the parts do not ask for themselves: it ends when whoever began it is none of them any more. */
  roles?: readonly Role[];
  /** The file that it makes, when it makes one. */
  file?(input: I): Pick<TaskFile, 'name' | 'type' | 'scope'>;
  /**
   * Does one part, as the person who asked for it, in the transaction that also counts it: once, whatever dies. An AppError is the part's own
   * outcome and goes into its line; anything else is tried again.
   */
  step(tx: Transaction, step: Step<I>): Promise<StepResult | void>;
  /** Looks at something afar before that, outside of any transaction, and changes nothing: what it found stands in the part's line. */
  look?(tools: MailboxTools, input: I, id: number): Promise<TaskReport>;
}

/** Every kind by its name. */
export const TASK_KINDS = {
  'change-tickets': changeTickets,
  'erase-person': erasePerson,
  'export-tickets': exportTickets,
  'export-employees': exportEmployees,
  'export-audit': exportAudit,
  'import-employees': importEmployees,
  'examine-mailbox': examineMailbox,
  'rehearse-mailbox': rehearseMailbox,
};

export type KindName = keyof typeof TASK_KINDS;
export type TaskInput<K extends KindName> = (typeof TASK_KINDS)[K] extends TaskKind<infer I> ? I : never;

/** The kind of a stored row, whose input its own schema reads. */
export function kindOf(name: string): TaskKind<unknown> {
  const kind = Object.entries(TASK_KINDS).find(([known]) => known === name)?.[1];
  if (!kind) throw new Error(`No kind of task ${name}`);
  return kind as unknown as TaskKind<unknown>;
}

/** The queue of a kind's tasks: those that look at something afar have their own. */
export const queueOf = ({ look }: TaskKind<unknown>): 'look-tasks' | 'run-tasks' => (look ? 'look-tasks' : 'run-tasks');
