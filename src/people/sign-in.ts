import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LockMode } from '@mikro-orm/postgresql';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { fingerprint, type Secrets } from '../secrets.ts';
import { nextCompanyId } from './company-id.ts';
import { Employee, isStaff } from './employee.ts';
import { askSecondFactor, type SecondFactorAsked } from './factors/ask-second-factor.ts';
import { mustEnrol } from './factors/must-enrol.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { alive, Session, SESSION_LIFE, type SignInMethod } from './session.ts';

/** Milliseconds in which the token before the last is still good: two tabs refresh at once (T30). */
const GRACE = 10_000;

export interface SignedIn {
  employee: Employee;
  session: Session;
  /** The refresh token, known to the client only; the row has its hash. */
  refresh: string;
}

/**
 * Checks a password and opens a session, or asks for the second factor. Whoever does not exist or may not sign in gets the same answer, after the same work: one look, one
 * password hash, one audit entry (T32).
 */
export async function signIn(
  transaction: RunTransaction,
  keys: Pick<Secrets, 'refresh' | 'fingerprint'>,
  given: { email: string; password: string; staffOnly: boolean; userAgent: string },
): Promise<SignedIn | SecondFactorAsked> {
  const email = given.email.trim().toLowerCase();
  const found = await transaction((tx) => tx.em.findOne(Employee, { email }));
  const fits = await verifyPassword(found?.passwordHash ?? null, given.password);
  const signedIn = await transaction(async (tx) => {
    const reason = whyNot(found, fits, given.staffOnly);
    if (!found || reason) return refuse(tx, keys, email, found, reason ?? 'unknown');
    const employee = await tx.em.findOne(Employee, found.id, { lockMode: LockMode.PESSIMISTIC_READ });
    // A change of the password in this moment ends the sessions that there are: none may come after it by the old one.
    if (!employee || employee.passwordHash !== found.passwordHash || whyNot(employee, fits, given.staffOnly))
      return refuse(tx, keys, email, found, 'changed');
    return beginSession(tx, keys.refresh, { employee, userAgent: given.userAgent, method: 'password' });
  });
  if (!signedIn)
    throw new AppError('invalid_credentials', 'The address or the password is wrong, or the account is not approved');
  return signedIn;
}

function whyNot(found: Employee | null, fits: boolean, staffOnly: boolean): string | null {
  if (!found) return 'unknown';
  if (!fits) return 'password';
  if (found.status !== 'approved') return found.status;
  return staffOnly && !isStaff(found) ? 'role' : null;
}

function refuse(
  tx: Transaction,
  keys: Pick<Secrets, 'fingerprint'>,
  email: string,
  found: Employee | null,
  reason: string,
): null {
  tx.audit({
    action: 'session.refused',
    actorId: null,
    outcome: 'refused',
    subject: found && { type: 'employee', id: found.id },
    data: { method: 'password', reason, address: fingerprint(keys.fingerprint, email) },
  });
  return null;
}

export interface NewSession {
  employee: Employee;
  userAgent: string;
  method: SignInMethod;
  /** When the person proved who they are, if that was not just now. */
  authenticatedAt?: Date;
}

/** After the first factor, whichever it was: a session, or the question for the second factor. Nothing else may open one. */
export async function beginSession(
  tx: Transaction,
  key: Buffer,
  given: NewSession,
): Promise<SignedIn | SecondFactorAsked> {
  return (await askSecondFactor(tx, given.employee, given.method)) ?? openSession(tx, key, given);
}

/** A session for a person who has shown everything that is asked of them; it is good for enrolment only where a factor is required and missing. */
export async function openSession(
  tx: Transaction,
  key: Buffer,
  { employee, userAgent, method, authenticatedAt = tx.now }: NewSession,
): Promise<SignedIn> {
  const [next] = await tx.em.execute<{ id: string }[]>(`select nextval(pg_get_serial_sequence('session', 'id')) as id`);
  const id = Number(next?.id);
  const refresh = tokenOf(key, id, randomBytes(32));
  const session = tx.em.create(Session, {
    id,
    employee,
    refreshHash: hash(refresh),
    rotatedAt: tx.now,
    createdAt: tx.now,
    authenticatedAt,
    method,
    enrolOnly: await mustEnrol(tx, employee),
    expiresAt: new Date(tx.now.getTime() + SESSION_LIFE),
    userAgent: userAgent.slice(0, 200),
  });
  await tx.em.flush();
  tx.audit({ action: 'session.opened', actorId: employee.id, subject: { type: 'session', id }, data: { method } });
  return { employee, session, refresh };
}

/**
 * Exchanges a refresh token for the next one, which is derived from it with `key`: whoever repeats the exchange within ten seconds
 * (two tabs, a lost answer) gets the same one. A later use of any earlier token means theft: the session ends (RFC 9700 §4.14.2).
 */
export async function refreshSession(
  tx: Transaction,
  key: Buffer,
  token: string,
): Promise<SignedIn | 'refused' | 'reused'> {
  const hashed = hash(token);
  const session = await tx.em.findOne(
    Session,
    { $or: [{ refreshHash: hashed }, { previousHash: hashed }], ...alive(tx.now) },
    { populate: ['employee'], lockMode: LockMode.PESSIMISTIC_WRITE, lockTableAliases: ['s0'] },
  );
  if (!session) return endStolen(tx, key, token);
  if (session.employee.status !== 'approved') return 'refused';
  const late = tx.now.getTime() - session.rotatedAt.getTime() > GRACE;
  if (session.refreshHash !== hashed && late) {
    session.revokedAt = tx.now;
    auditReuse(tx, session.id);
    return 'reused';
  }
  const refresh = tokenOf(key, session.id, createHmac('sha256', key).update(token).digest());
  if (session.refreshHash === hashed) {
    // A requirement that is newer than the session holds from here on; what lifts it is the factor itself.
    session.enrolOnly ||= await mustEnrol(tx, session.employee);
    session.previousHash = hashed;
    session.refreshHash = hash(refresh);
    session.rotatedAt = tx.now;
  }
  return { employee: session.employee, session, refresh };
}

/** A token that is not in force but names a living session, with our signature, was given out earlier. */
async function endStolen(tx: Transaction, key: Buffer, token: string): Promise<'refused' | 'reused'> {
  const id = sessionOf(key, token);
  const ended = id === null ? 0 : await tx.em.nativeUpdate(Session, { id, ...alive(tx.now) }, { revokedAt: tx.now });
  if (id === null || ended === 0) return 'refused';
  auditReuse(tx, id);
  return 'reused';
}

function auditReuse(tx: Transaction, id: number): void {
  tx.audit({ action: 'session.reused', actorId: null, outcome: 'refused', subject: { type: 'session', id } });
}

/** Ends the session of a refresh token; an unknown one is already ended. */
export async function endSession(tx: Transaction, token: string): Promise<void> {
  const hashed = hash(token);
  const session = await tx.em.findOne(Session, { $or: [{ refreshHash: hashed }, { previousHash: hashed }] });
  if (!session || session.revokedAt) return;
  session.revokedAt = tx.now;
  tx.audit({ action: 'session.ended', actorId: session.employee.id, subject: { type: 'session', id: session.id } });
}

/** Makes an approved account with this password: the local demo's three, and the first admin. */
export async function createAccount(
  transaction: RunTransaction,
  given: Pick<Employee, 'email' | 'firstName' | 'lastName' | 'role'> & { password: string },
): Promise<void> {
  const passwordHash = await hashPassword(given.password);
  await transaction(async (tx) => {
    const { password: _, ...person } = given;
    const times = { createdAt: tx.now, updatedAt: tx.now };
    const companyId = await nextCompanyId(tx);
    tx.em.create(Employee, {
      ...person,
      companyId,
      status: 'approved',
      emailConfirmedAt: tx.now,
      passwordHash,
      ...times,
    });
  });
}

/** A refresh token: session id, signature of it, 256 secret bits. The signature alone opens nothing. */
function tokenOf(key: Buffer, sessionId: number, secret: Buffer): string {
  return `${sessionId}.${signatureOf(key, sessionId)}.${secret.toString('base64url')}`;
}

/** The session that a token of ours was made for, in force or not; null for what we did not make. */
function sessionOf(key: Buffer, token: string): number | null {
  const [, id = '', signature = ''] = /^(\d{1,15})\.([\w-]{22})\.[\w-]{43}$/.exec(token) ?? [];
  if (!id) return null;
  return timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(key, Number(id)))) ? Number(id) : null;
}

const signatureOf = (key: Buffer, sessionId: number) =>
  createHmac('sha256', key).update(`session|${sessionId}`).digest().subarray(0, 16).toString('base64url');

const hash = (token: string) => createHash('sha256').update(token).digest('hex');
