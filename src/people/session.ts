import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from './employee.ts';

/** How the person proved who they are. */
export const SIGN_IN_METHODS = ['password', 'link', 'oidc', 'passkey'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

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
    authenticatedAt: p.datetime(),
    method: p.enum(SIGN_IN_METHODS).default('password'),
    enrolOnly: p.boolean().default(false),
  },
});

/** One sign-in on one device. Its refresh token is stored as sha256 only. `enrolOnly`: good for setting up a second factor only. */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);
