import type { z } from 'zod';
import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import { changeTickets } from './change-tickets.ts';

/** A kind of work that takes longer than a request may. */
export interface TaskKind<I> {
  input: z.ZodType<I>;
  /** The id of the object that each part is about, in order. */
  parts(input: I): readonly number[];
  /**
   * Does one part, as the person who asked for it, in the transaction that also counts it: once, whatever dies. An AppError is the part's own
   * outcome and goes into its line; anything else is tried again.
   */
  step(tx: Transaction, actor: Employee, input: I, id: number): Promise<void>;
}

/** Every kind by its name. */
export const TASK_KINDS = { 'change-tickets': changeTickets };

export type KindName = keyof typeof TASK_KINDS;
export type TaskInput<K extends KindName> = (typeof TASK_KINDS)[K] extends TaskKind<infer I> ? I : never;

/** The kind of a stored row, whose input its own schema reads. */
export function kindOf(name: string): TaskKind<unknown> {
  const kind = Object.entries(TASK_KINDS).find(([known]) => known === name)?.[1];
  if (!kind) throw new Error(`No kind of task ${name}`);
  return kind as unknown as TaskKind<unknown>;
}
