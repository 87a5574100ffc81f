import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { Employee, isStaff } from './employee.ts';
import { askSecondFactor, type SecondFactorAsked } from './factors/ask-second-factor.ts';
import { mustEnrol } from './factors/must-enrol.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { Session, type SignInMethod } from './session.ts';

const DAYS = 24 * 3600 * 1000;
/** A session ends after so many days in any case. */
const SESSION_LIFE = 30 * DAYS;
/** Milliseconds in which the token before the last is still good: two tabs refresh at once (T30). */
const GRACE = 10_000;

export interface SignedIn {
  employee: Employee;
  session: Session;
  /** The refresh token, known to the client only; the row has its hash. */
  refresh: string;
}

/** Checks a password and opens a session, or asks for the second factor. The answer and its time are the same for whoever does not exist or may not sign in. */
export async function signIn(
  transaction: RunTransaction,
  key: Buffer,
  { email, password, staffOnly, userAgent }: { email: string; password: string; staffOnly: boolean; userAgent: string },
): Promise<SignedIn | SecondFactorAsked> {
  const found = await transaction((tx) => tx.em.findOne(Employee, { email: email.trim().toLowerCase() }));
  const fits = await verifyPassword(found?.passwordHash ?? null, password);
  if (!found || !fits || found.status !== 'approved' || (staffOnly && !isStaff(found)))
    throw new AppError('invalid_credentials', 'The address or the password is wrong, or the account is not approved');
  return transaction(async (tx) => {
    const employee = await tx.em.findOneOrFail(Employee, found.id);
    return beginSession(tx, key, { employee, userAgent, method: 'password' });
  });
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
    { $or: [{ refreshHash: hashed }, { previousHash: hashed }], revokedAt: null, expiresAt: { $gt: tx.now } },
    { populate: ['employee'], lockMode: 4, lockTableAliases: ['s0'] },
  );
  if (!session) return endStolen(tx, key, token);
  if (session.employee.status !== 'approved') return 'refused';
  const late = tx.now.getTime() - session.rotatedAt.getTime() > GRACE;
  if (session.refreshHash !== hashed && late) {
    session.revokedAt = tx.now;
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
  const ended = id === null ? 0 : await tx.em.nativeUpdate(Session, { id, revokedAt: null }, { revokedAt: tx.now });
  return ended > 0 ? 'reused' : 'refused';
}

/** Ends the session of a refresh token; an unknown one is already ended. */
export async function endSession(tx: Transaction, token: string): Promise<void> {
  const hashed = hash(token);
  const session = await tx.em.findOne(Session, { $or: [{ refreshHash: hashed }, { previousHash: hashed }] });
  if (session) session.revokedAt ??= tx.now;
}

/** Makes an approved account with this password: the local demo's three, and the first admin. */
export async function createAccount(
  transaction: RunTransaction,
  given: Pick<Employee, 'email' | 'firstName' | 'lastName' | 'role'> & { password: string },
): Promise<void> {
  const passwordHash = await hashPassword(given.password);
  await transaction(async (tx) => {
    const [row] = await tx.em.execute<{ n: string }[]>(`select nextval('company_id') as n`);
    const { password: _, ...person } = given;
    const times = { createdAt: tx.now, updatedAt: tx.now };
    const companyId = `MA${String(row?.n ?? '').padStart(4, '0')}`;
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
