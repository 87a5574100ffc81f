import type { EntityManager } from '@mikro-orm/postgresql';
import { fieldError } from '../errors.ts';
import { ApiKey } from './api-key.ts';
import type { Employee } from './employee.ts';
import { ownKeys } from './revoke-api-key.ts';

export interface ListApiKeys {
  /** Of this person. */
  employee?: number | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** A page of the keys that a person sees, newest first; `next` is the cursor of the one after it. */
export async function listApiKeys(
  em: EntityManager,
  reader: Employee,
  { employee, limit = 50, cursor }: ListApiKeys,
): Promise<{ keys: ApiKey[]; next: string | null }> {
  const before = cursor === undefined ? null : readCursor(cursor);
  const found = await em.find(
    ApiKey,
    {
      $and: [
        ownKeys(reader),
        employee === undefined ? {} : { employee },
        before === null ? {} : { id: { $lt: before } },
      ],
    },
    { populate: ['employee'], orderBy: { id: 'desc' }, limit: limit + 1 },
  );
  const keys = found.slice(0, limit);
  return { keys, next: found.length > limit ? `after_${keys.at(-1)?.id ?? 0}` : null };
}

function readCursor(text: string): number {
  const [, id] = /^after_(\d{1,15})$/.exec(text) ?? [];
  if (!id) throw fieldError('cursor', 'is not one that this list gave');
  return Number(id);
}
