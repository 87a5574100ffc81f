import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import { ApiKey } from './api-key.ts';
import type { Employee } from './employee.ts';
import { makeKey } from './key-format.ts';
import type { Scope } from './scopes.ts';

export interface NewApiKey {
  name: string;
  scopes: readonly Scope[];
  expiresAt: Date;
}

/** Days that a key is good at the most. */
const LONGEST = 366;
/** Keys of one person that work. */
const MOST = 50;

/** Makes a key that acts as its owner. `key` is told this once. */
export async function createApiKey(
  tx: Transaction,
  owner: Employee,
  { name, scopes, expiresAt }: NewApiKey,
): Promise<{ row: ApiKey; key: string }> {
  if (expiresAt <= tx.now) throw fieldError('expires_at', 'is over already');
  if (expiresAt.getTime() > tx.now.getTime() + LONGEST * 24 * 3600_000)
    throw fieldError('expires_at', 'is more than a year away');
  await tx.em.execute('select 1 from employee where id = ? for no key update', [owner.id]); // two at once would not see each other
  const working = await tx.em.count(ApiKey, { employee: owner.id, revokedAt: null, expiresAt: { $gt: tx.now } });
  if (working >= MOST) throw new AppError('conflict', `You have ${MOST} API keys: end one first`);

  const { key, prefix, hash } = makeKey();
  const times = { createdAt: tx.now, expiresAt };
  const row = tx.em.create(ApiKey, {
    employee: owner,
    name,
    prefix,
    keyHash: hash,
    scopes: [...new Set(scopes)],
    ...times,
  });
  await tx.em.flush();
  tx.audit({
    ...{ action: 'api_key.created', actorId: owner.id, subject: { type: 'api_key', id: row.id } },
    data: { scopes: row.scopes, expires_at: expiresAt.toISOString() },
  });
  return { row, key };
}
