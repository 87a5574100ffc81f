import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from './employee.ts';

const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.bigint('number').primary(),
    employee: () => p.manyToOne(Employee),
    refreshHash: p.text(),
    previousHash: p.text().nullable(),
    rotatedAt: p.datetime(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    userAgent: p.text().default(''),
  },
});

/** One sign-in on one device. Its refresh token is stored as sha256 only. */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);
