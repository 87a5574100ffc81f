import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from './employee.ts';
import type { Scope } from './scopes.ts';

const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    id: p.bigint('number').primary(),
    employee: () => p.manyToOne(Employee),
    name: p.text(),
    prefix: p.text(),
    keyHash: p.text(),
    scopes: p.array<Scope>(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    lastUsedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
});

/** A key of a machine: acts as the person who made it, within its scopes, until it expires. Stored as sha256 only. */
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);
