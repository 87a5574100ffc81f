import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Transaction } from '../../db/transaction.ts';

/** What is asked, and how many minutes there are to answer. */
export const CHALLENGE_MINUTES = {
  /** the second factor, after the first one */
  'second-factor': 5,
  /** a passkey, instead of a password */
  'passkey-sign-in': 5,
  /** a passkey, by who is signed in: it is really you */
  confirm: 5,
  /** a new passkey */
  'passkey-add': 10,
  /** the sign-in at the OpenID provider */
  oidc: 15,
  /** the consent of a mailbox's owner, at Google */
  'gmail-consent': 15,
} as const;
export type ChallengeKind = keyof typeof CHALLENGE_MINUTES;

/** A question that is open: whom it was put to, and what the answer needs. */
export interface Challenge {
  id: string;
  /** null: whoever answers */
  employeeId: number | null;
  data: Record<string, unknown>;
}

/** Rows that have run out are removed by whoever makes one, so many at a time. */
const SWEEP = 100;

/** Puts a question and gives its token, 256 random bits: the database knows its hash only. */
export async function makeChallenge(
  { em, now }: Transaction,
  kind: ChallengeKind,
  given: { employeeId?: number | null; data?: Record<string, unknown> } = {},
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const expires = new Date(now.getTime() + CHALLENGE_MINUTES[kind] * 60_000);
  await em.execute(
    `delete from challenge where id in (select id from challenge where expires_at <= ? order by expires_at limit ? for update skip locked)`,
    [now, SWEEP],
  );
  await em.execute(
    `insert into challenge (id, kind, employee_id, data, created_at, expires_at) values (?, ?, ?, ?::jsonb, ?, ?)`,
    [hashOf(token), kind, given.employeeId ?? null, JSON.stringify(given.data ?? {}), now, expires],
  );
  return token;
}

/** An open question by its token, locked until the end of the transaction; null: answered, run out, or never put. */
export async function findChallenge(
  { em, now }: Transaction,
  kind: ChallengeKind,
  token: string,
): Promise<Challenge | null> {
  const [row] = await em.execute<{ id: string; employee_id: string | null; data: Record<string, unknown> }[]>(
    `select id, employee_id, data from challenge where id = ? and kind = ? and expires_at > ? for update`,
    [hashOf(token), kind, now],
  );
  return row
    ? { id: row.id, employeeId: row.employee_id === null ? null : Number(row.employee_id), data: row.data }
    : null;
}

/** Closes a question: it is answered once. */
export async function closeChallenge({ em }: Transaction, { id }: Challenge): Promise<void> {
  await em.execute('delete from challenge where id = ?', [id]);
}

/** An open question, closed by this answer whatever it is worth. */
export async function takeChallenge(tx: Transaction, kind: ChallengeKind, token: string): Promise<Challenge | null> {
  const challenge = await findChallenge(tx, kind, token);
  if (challenge) await closeChallenge(tx, challenge);
  return challenge;
}

/** A secret that goes with a token, known to whoever has it and stored nowhere. */
export function derivedFrom(token: string, label: string): string {
  return createHmac('sha256', token).update(label).digest('base64url');
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
