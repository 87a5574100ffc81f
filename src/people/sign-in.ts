import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { Employee, isStaff } from './employee.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { Session } from './session.ts';

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

/** Checks a password and opens a session. The answer and its time are the same for whoever does not exist or may not sign in. */
export async function signIn(
  transaction: RunTransaction,
  { email, password, staffOnly, userAgent }: { email: string; password: string; staffOnly: boolean; userAgent: string },
): Promise<SignedIn> {
  const found = await transaction((tx) => tx.em.findOne(Employee, { email: email.trim().toLowerCase() }));
  const fits = await verifyPassword(found?.passwordHash ?? null, password);
  if (!found || !fits || found.status !== 'approved' || (staffOnly && !isStaff(found)))
    throw new AppError('invalid_credentials', 'The address or the password is wrong, or the account is not approved');
  return transaction((tx) => openSession(tx, found.id, userAgent));
}

async function openSession(tx: Transaction, employeeId: number, userAgent: string): Promise<SignedIn> {
  const employee = await tx.em.findOneOrFail(Employee, employeeId);
  const refresh = newToken();
  const session = tx.em.create(Session, {
    employee,
    refreshHash: hash(refresh),
    rotatedAt: tx.now,
    createdAt: tx.now,
    expiresAt: new Date(tx.now.getTime() + SESSION_LIFE),
    userAgent: userAgent.slice(0, 200),
  });
  await tx.em.flush();
  return { employee, session, refresh };
}

/**
 * Exchanges a refresh token for the next one, which is derived from it with `key`: whoever repeats the exchange within ten seconds
 * (two tabs, a lost answer) gets the same one. A later use of the old token means theft: the session ends.
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
  if (!session || session.employee.status !== 'approved') return 'refused';
  const late = tx.now.getTime() - session.rotatedAt.getTime() > GRACE;
  if (session.refreshHash !== hashed && late) {
    session.revokedAt = tx.now;
    return 'reused';
  }
  const refresh = createHmac('sha256', key).update(token).digest('base64url');
  if (session.refreshHash === hashed) {
    session.previousHash = hashed;
    session.refreshHash = hash(refresh);
    session.rotatedAt = tx.now;
  }
  return { employee: session.employee, session, refresh };
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
    tx.em.create(Employee, { ...person, companyId, status: 'approved', passwordHash, ...times });
  });
}

/** 256 random bits. */
const newToken = () => randomBytes(32).toString('base64url');
const hash = (token: string) => createHash('sha256').update(token).digest('hex');
