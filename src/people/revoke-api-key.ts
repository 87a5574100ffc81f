import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { ApiKey } from './api-key.ts';
import type { Employee } from './employee.ts';

/** Ends a key at once: one's own, or for admins anybody's. One that has ended stays as it is; another's does not exist: 404. */
export async function revokeApiKey(tx: Transaction, actor: Employee, id: number): Promise<ApiKey> {
  const key = await tx.em.findOne(ApiKey, { id, ...ownKeys(actor) }, { populate: ['employee'] });
  if (!key) throw new AppError('not_found', 'There is no such API key');
  if (key.revokedAt) return key;
  key.revokedAt = tx.now;
  const subject = { type: 'api_key', id };
  tx.audit({ action: 'api_key.revoked', actorId: actor.id, subject, data: { owner: key.employee.id } });
  return key;
}

/** Whose keys a person sees. */
export function ownKeys({ id, role }: Employee): { employee?: number } {
  return role === 'admin' ? {} : { employee: id };
}
