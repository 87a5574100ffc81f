import { createHash } from 'node:crypto';
import type { Transaction } from '../db/transaction.ts';
import type { Keyring } from '../secrets.ts';
import { readAccessToken, type Bearer } from './access-token.ts';
import { ApiKey } from './api-key.ts';
import type { Employee } from './employee.ts';
import type { Scope } from './scopes.ts';
import { alive, Session } from './session.ts';

/** Who calls: a person in a session, or a machine with a key of theirs. */
export interface Principal {
  actor: Employee;
  session: Session | null;
  /** null: a session, which may do all that its person may. */
  scopes: readonly Scope[] | null;
}

/** What an Authorization header claims, checked as far as that needs no database. */
export type Claim = { kind: 'session'; bearer: Bearer } | { kind: 'key'; hash: string };

/** Characters that begin every API key, so that a leaked one is recognised by scanners. */
export const KEY_PREFIX = 'ssk_';

/** Reads the token of an Authorization header (RFC 6750 §2.1); null: none, or not one of ours. */
export function readClaim(accessTokens: Keyring, header: string): Claim | null {
  const [, token = ''] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(header) ?? [];
  if (!token) return null;
  if (token.startsWith(KEY_PREFIX)) return { kind: 'key', hash: keyHash(token) };
  const bearer = readAccessToken(accessTokens, token, Math.floor(Date.now() / 1000));
  return bearer && { kind: 'session', bearer };
}

/** Whoever a claim speaks for, while the session or key lives and the account is approved and unchanged since; else null. */
export async function authenticate(tx: Transaction, claim: Claim): Promise<Principal | null> {
  return claim.kind === 'key' ? byKey(tx, claim.hash) : bySession(tx, claim.bearer);
}

async function bySession(tx: Transaction, { sessionId, employeeId, version }: Bearer): Promise<Principal | null> {
  const session = await tx.em.findOne(
    Session,
    { id: sessionId, employee: employeeId, ...alive(tx.now) },
    { populate: ['employee'] },
  );
  if (!session || session.employee.status !== 'approved' || session.employee.version !== version) return null;
  return { actor: session.employee, session, scopes: null };
}

async function byKey(tx: Transaction, hash: string): Promise<Principal | null> {
  const key = await tx.em.findOne(
    ApiKey,
    { keyHash: hash, revokedAt: null, expiresAt: { $gt: tx.now } },
    { populate: ['employee'] },
  );
  if (key?.employee.status !== 'approved') return null;
  key.lastUsedAt = tx.now;
  return { actor: key.employee, session: null, scopes: key.scopes };
}

/** Keys are 256 random bits, so a fast hash is enough. */
export function keyHash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
