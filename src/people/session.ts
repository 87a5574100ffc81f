import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from './employee.ts';
import { SIGN_IN_METHODS, type SignInMethod } from './sign-in-methods.ts';

export { SIGN_IN_METHODS, type SignInMethod };

/** Milliseconds after which a session ends in any case, and without a refresh (ASVS 7.3.1, 7.3.2). */
export const SESSION_LIFE = 30 * 24 * 3600_000;
export const SESSION_IDLE = 12 * 3600_000;

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

/** What a session must be to count at a moment. */
export function alive(now: Date) {
  return { revokedAt: null, expiresAt: { $gt: now }, rotatedAt: { $gt: new Date(now.getTime() - SESSION_IDLE) } };
}

/** Milliseconds in which a sign-in is recent. */
const RECENT = 15 * 60_000;

/** Whether the person showed who they are so lately that sensitive changes need no more (ASVS 7.5.1). */
export function isRecent(session: Session, now: Date): boolean {
  return now <= recentUntil(session);
}

/** Until when a sign-in is recent. */
export function recentUntil({ authenticatedAt }: Session): Date {
  return new Date(authenticatedAt.getTime() + RECENT);
}
