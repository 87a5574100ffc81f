import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';

/** What a link by mail is for, and how many minutes it is good. */
export const LINK_MINUTES = {
  'confirm-email': 72 * 60,
  'reset-password': 60,
  'sign-in': 60,
  'change-email': 60,
} as const;
/** An invitation waits longer than a reset: nobody asked for it and sits waiting. It sets a password all the same. */
export const INVITATION_MINUTES = 72 * 60;
export type LinkPurpose = keyof typeof LINK_MINUTES;

/** A used link, with what it was made for. */
export interface UsedLink {
  id: number;
  employeeId: number;
  data: Record<string, unknown>;
}

/** Makes a link for a person and gives its id. The token is not in the database, nor can it be made from it alone (T06). */
export async function makeLink(
  tx: Transaction,
  key: Buffer,
  given: { employeeId: number; purpose: LinkPurpose; data?: Record<string, unknown>; minutes?: number },
): Promise<number> {
  const { employeeId, purpose, data = {}, minutes = LINK_MINUTES[purpose] } = given;
  const nonce = randomBytes(16).toString('hex');
  const expires = new Date(tx.now.getTime() + minutes * 60_000);
  const [row] = await tx.em.execute<{ id: string }[]>(
    `insert into account_link (employee_id, purpose, nonce, token_hash, data, created_at, expires_at) values (?, ?, ?, ?, ?::jsonb, ?, ?) returning id`,
    [employeeId, purpose, nonce, hashOf(linkToken(key, nonce)), JSON.stringify(data), tx.now, expires],
  );
  return Number(row?.id);
}

/** 256 bits in base64url: what stands in the mail. */
export function linkToken(key: Buffer, nonce: string): string {
  return createHmac('sha256', key).update(`link|${nonce}`).digest('base64url');
}

/**
 * Uses a link up: once, before it expires, for its purpose. A used or expired one is gone (410); what never was one, an empty token
 * too, is not found (404).
 */
export async function useLink(tx: Transaction, purpose: LinkPurpose, token: string): Promise<UsedLink> {
  if (!/^[\w-]{43}$/.test(token)) throw linkNotFound();
  const [row] = await tx.em.execute<
    { id: string; employee_id: string; data: Record<string, unknown>; used_at: string | null; expired: boolean }[]
  >(
    // The person first, as everybody does who changes both.
    `select l.id, l.employee_id, l.data, l.used_at, l.expires_at <= ? as expired
       from employee e join account_link l on l.employee_id = e.id where l.token_hash = ? and l.purpose = ? for no key update of e, l`,
    [tx.now, hashOf(token), purpose],
  );
  if (!row) throw linkNotFound();
  if (row.used_at || row.expired) throw new AppError('gone', 'This link was used or has expired: ask for a new one');
  await tx.em.execute('update account_link set used_at = ? where id = ?', [tx.now, row.id]);
  return { id: Number(row.id), employeeId: Number(row.employee_id), data: row.data };
}

/** Ends the links of a person that were not used yet, of one purpose or all: after a reset, a change of address, at disabling. */
export async function endLinks({ em, now }: Transaction, employeeId: number, purpose?: LinkPurpose): Promise<void> {
  await em.execute(
    `update account_link set used_at = ? where employee_id = ? and used_at is null and (?::text is null or purpose = ?)`,
    [now, employeeId, purpose ?? null, purpose ?? null],
  );
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const linkNotFound = () => new AppError('not_found', 'There is no such link');
