import { AppError } from '../errors.ts';
import type { Transaction } from './transaction.ts';

/** A request that was sent with an Idempotency-Key: the key belongs to its person and route. */
export interface KeyedRequest {
  employeeId: number;
  route: string;
  key: string;
  /** Of everything that the answer depends on: the same key with another request is a mistake. */
  hash: string;
}

/** Milliseconds for which an answer is kept. */
const KEPT = 24 * 3600 * 1000;

/**
 * Takes a key for a request: null when it is new, else the answer that was given. Waits for a request with the same key that is under way. Throws
 * `idempotency_conflict` when the key was used for another request.
 */
export async function takeKey(tx: Transaction, request: KeyedRequest): Promise<string | null> {
  const { employeeId, route, key, hash } = request;
  // Whoever comes second waits here until the first one has committed (or gone), and then holds its row.
  const taken = await tx.em.execute<unknown[]>(
    `insert into idempotency_key as known (employee_id, route, key, request_hash, created_at) values (?, ?, ?, ?, ?)
     on conflict (employee_id, route, key) do update
       set request_hash = excluded.request_hash, response = null, created_at = excluded.created_at where known.created_at <= ?
     returning 1`,
    [employeeId, route, key, hash, tx.now, expired(tx)],
  );
  if (taken.length > 0) return null;
  const [known] = await tx.em.execute<{ request_hash: string; response: string }[]>(
    'select request_hash, response from idempotency_key where employee_id = ? and route = ? and key = ?',
    [employeeId, route, key],
  );
  if (known?.request_hash !== hash)
    throw new AppError('idempotency_conflict', 'This Idempotency-Key was used for another request');
  return known.response;
}

/** Keeps the answer in the transaction of its effect: both are there, or neither. */
export async function keepAnswer(tx: Transaction, request: KeyedRequest, response: string): Promise<void> {
  const { employeeId, route, key } = request;
  await tx.em.execute('update idempotency_key set response = ? where employee_id = ? and route = ? and key = ?', [
    response,
    employeeId,
    route,
    key,
  ]);
}

/** Forgets the answers of yesterday. */
export async function expireKeys(tx: Transaction): Promise<void> {
  await tx.em.execute('delete from idempotency_key where created_at <= ?', [expired(tx)]);
}

const expired = ({ now }: Transaction) => new Date(now.getTime() - KEPT);
