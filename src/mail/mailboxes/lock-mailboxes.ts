import type { Transaction } from '../../db/transaction.ts';
import { AppError, fieldError } from '../../errors.ts';
import { Mailbox } from '../mailbox.ts';

/** Names this kind of advisory lock. */
const LOCK = 7_305;

/** Those who make or change mailboxes take turns, as an address is that of one mailbox only, by whatever name. */
export async function lockMailboxes({ em }: Transaction): Promise<void> {
  await em.execute(`select pg_advisory_xact_lock(${LOCK})`);
}

/** Locks a mailbox for a change; mail for it may be received meanwhile. 404 when there is none, 409 when `version` is an older one. */
export async function lockMailbox(tx: Transaction, id: number, version?: number): Promise<Mailbox> {
  await lockMailboxes(tx);
  await tx.em.execute('select from mailbox where id = ? for no key update', [id]);
  const mailbox = await tx.em.findOne(Mailbox, { id }, { refresh: true });
  if (!mailbox) throw mailboxNotFound();
  if (version !== undefined && version !== mailbox.version)
    throw new AppError('version_conflict', 'The mailbox has changed since you read it', { version: mailbox.version });
  return mailbox;
}

export function mailboxNotFound(): AppError {
  return new AppError('not_found', 'There is no such mailbox');
}

/** 400 when one of the addresses is that of another mailbox. */
export async function refuseTaken(
  { em }: Transaction,
  self: { id: number | null; address: string },
  given: { field: 'address' | 'aliases'; addresses: readonly string[] },
): Promise<void> {
  if (given.field === 'aliases' && given.addresses.includes(self.address))
    throw fieldError('aliases', `${self.address} is its address already`);
  const [taken] = await em.execute<{ name: string }[]>(
    `select name from mailbox where id is distinct from ?::bigint and (address = any(?::text[]) or aliases && ?::text[]) limit 1`,
    [self.id, arrayOf(given.addresses), arrayOf(given.addresses)],
  );
  if (taken) throw fieldError(given.field, `is an address of the mailbox "${taken.name}"`);
}

/** An array as PostgreSQL reads it; addresses hold neither quotes nor backslashes. */
const arrayOf = (addresses: readonly string[]) => `{${addresses.map((address) => `"${address}"`).join(',')}}`;
