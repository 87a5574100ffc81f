import type { Transaction } from '../db/transaction.ts';
import type { Keyring } from '../secrets.ts';
import { readSettings } from '../settings/read-settings.ts';
import { readAccessToken, type Bearer } from './access-token.ts';
import { ApiKey } from './api-key.ts';
import { isStaff, type Employee } from './employee.ts';
import { isKey, readKey } from './key-format.ts';
import type { Scope } from './scopes.ts';
import { alive, Session } from './session.ts';

/** Who calls: a person in a session, or a machine with a key of theirs. */
export interface Principal {
  actor: Employee;
  session: Session | null;
  /** null: a session, which may do all that its person may. */
  scopes: readonly Scope[] | null;
  /** The API key that was used; null: a session. */
  keyId: number | null;
}

/** What an Authorization header claims, checked as far as that needs no database. */
export type Claim = { kind: 'session'; bearer: Bearer } | { kind: 'key'; hash: string };

/** A key notes when it was used at most so often: milliseconds. */
const NOTE_EVERY = 60_000;

/** Reads the token of an Authorization header (RFC 6750 §2.1); null: none, or not one of ours. */
export function readClaim(accessTokens: Keyring, header: string): Claim | null {
  const [, token = ''] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(header) ?? [];
  if (!token) return null;
  if (isKey(token)) {
    const hash = readKey(token);
    return hash === null ? null : { kind: 'key', hash };
  }
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
  return { actor: session.employee, session, scopes: null, keyId: null };
}

/** A key dies with its account's approval, and with the role that may have keys. */
async function byKey(tx: Transaction, hash: string): Promise<Principal | null> {
  const key = await tx.em.findOne(
    ApiKey,
    { keyHash: hash, revokedAt: null, expiresAt: { $gt: tx.now } },
    { populate: ['employee'] },
  );
  if (!key || !isStaff(key.employee) || !(await readSettings(tx)).feature_api_keys) return null;
  if (!key.lastUsedAt || tx.now.getTime() - key.lastUsedAt.getTime() > NOTE_EVERY) await noteUse(tx, key.id);
  return { actor: key.employee, session: null, scopes: key.scopes, keyId: key.id };
}

/** Skips a row that another request is about to write: it writes the same, and nobody waits for it. */
async function noteUse({ em, now }: Transaction, id: number): Promise<void> {
  await em.execute(
    `update api_key set last_used_at = ? where id = (
       select id from api_key where id = ? and (last_used_at is null or last_used_at < ?) for no key update skip locked)`,
    [now, id, new Date(now.getTime() - NOTE_EVERY)],
  );
}
