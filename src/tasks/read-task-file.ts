import type { EntityManager } from '@mikro-orm/postgresql';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Principal } from '../people/authenticate.ts';
import { rightsOf } from './rights-of.ts';
import { Task, type TaskFile } from './task.ts';

/** Pieces that are read at once. */
const PIECES = 8;

/**
 * The file of a task, for whoever started it and for nobody else, while their rights are those that it was made with. 404 where there is no such
 * file; 409 while it is being made; 410 when its time is over, or its rights.
 */
export async function findTaskFile(
  tx: Transaction,
  { actor, scopes }: Pick<Principal, 'actor' | 'scopes'>,
  id: number,
): Promise<TaskFile> {
  const task = await tx.em.findOne(Task, { id, employee: actor.id });
  if (!task?.file) throw new AppError('not_found', 'There is no such file');
  const { file, state, fileUntil } = task;
  if (scopes && !scopes.includes(file.scope))
    throw new AppError('forbidden', `The API key needs the scope ${file.scope}`);
  if (state === 'queued' || state === 'running') throw new AppError('conflict', 'The file is not ready yet', { state });
  if (!fileUntil || fileUntil <= tx.now)
    throw new AppError('gone', 'The file is not there any more: start the export again');
  if (file.rights !== (await rightsOf(tx, actor)))
    throw new AppError('gone', 'Your rights have changed since the file was made: start the export again');
  return file;
}

/** Piece by piece: no transaction stays open while a slow client reads. */
export async function* readTaskFile(transaction: RunTransaction, id: number): AsyncGenerator<string> {
  for (let from = 0; ; from += PIECES) {
    const pieces = await transaction(({ em }) => readPieces(em, id, from));
    for (const { content } of pieces) yield content;
    if (pieces.length < PIECES) return;
  }
}

function readPieces(em: EntityManager, id: number, from: number): Promise<{ content: string }[]> {
  return em.execute('select content from task_file where task_id = ? and part >= ? and part < ? order by part', [
    ...[id, from, from + PIECES],
  ]);
}
