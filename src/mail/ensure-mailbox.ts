import { createHmac, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LockMode } from '@mikro-orm/postgresql';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { seal, type Keyring } from '../secrets.ts';
import { normalizeAddress } from './addresses.ts';
import { Mailbox } from './mailbox.ts';
import { isSamePlace, moveSource } from './mailboxes/move-source.ts';
import { readSecret, secretPlace, type MailboxSecret } from './sources/mailbox-secret.ts';

/** A mailbox as the environment describes it. */
export interface GivenMailbox extends Pick<Mailbox, 'name' | 'address' | 'senderTrust'> {
  /** null: it says nothing of where mail is read from; a new mailbox is one of the drop. */
  source:
    | (Pick<Mailbox, 'source' | 'history'> & { sourceConfig: Record<string, unknown>; secret: MailboxSecret | null })
    | null;
}

const DROP = { source: 'smtp', history: 'live', sourceConfig: {}, secret: null } as const;

/**
 * Makes the mailbox that the environment describes. An environment is applied once: what was changed afterwards (by an admin, or a refresh token
 * that the provider replaced) stays until the environment says something else.
 */
export async function ensureMailbox(tx: Transaction, given: GivenMailbox, sealing: Keyring): Promise<Mailbox> {
  const address = normalizeAddress(given.address);
  await tx.em.execute(
    `insert into mailbox (name, address, source, sender_trust, created_at) values (?, ?, 'smtp', ?, ?) on conflict (address) do nothing`,
    [given.name, address, given.senderTrust, tx.now],
  );
  const mailbox = await tx.em.findOneOrFail(Mailbox, { address });
  const isNew = !mailbox.environmentMark && mailbox.source === 'smtp';
  const source = given.source ?? (isNew ? DROP : null);
  const described = JSON.stringify([source, given.senderTrust]);
  if (!source || isMarked(sealing, mailbox.environmentMark ?? null, described)) return mailbox;
  if (!isNew && !isSamePlace(mailbox, source)) await moveSource(tx, mailbox);
  // Where it was read up to by another way says nothing here; what the ledger knows is not taken twice.
  const moved = mailbox.source !== source.source || !isDeepStrictEqual(mailbox.sourceConfig, source.sourceConfig);
  Object.assign(mailbox, {
    ...(moved && { cursor: {} }),
    ...{
      source: source.source,
      sourceConfig: source.sourceConfig,
      history: source.history,
      senderTrust: given.senderTrust,
    },
    secret: source.secret && seal(sealing, JSON.stringify(source.secret), secretPlace(mailbox)),
    environmentMark: mark(sealing, sealing.current, described),
    version: mailbox.version + 1,
  });
  await tx.em.flush();
  return mailbox;
}

/** Ends a transaction so that nothing of it stays. */
class TakenBack extends Error {}

/** The mailbox as `ensureMailbox` would make it, without making it: a running desk must not begin to read because somebody only looks. */
export async function previewMailbox(run: RunTransaction, given: GivenMailbox, sealing: Keyring): Promise<Mailbox> {
  const seen: Mailbox[] = [];
  await run(async (tx) => {
    seen.push(await ensureMailbox(tx, given, sealing));
    throw new TakenBack();
  }).catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error;
  });
  const [mailbox] = seen;
  if (!mailbox) throw new Error('The mailbox of the environment could not be made');
  return mailbox;
}

/**
 * Stores credentials that the provider has replaced, beside those that stay. They belong to the configuration that asked: when the mailbox was
 * changed meanwhile, what an admin entered counts.
 */
export async function keepSecret(
  tx: Transaction,
  { id, version }: Pick<Mailbox, 'id' | 'version'>,
  changed: MailboxSecret,
  sealing: Keyring,
): Promise<void> {
  const mailbox = await tx.em.findOne(
    Mailbox,
    { id, version },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
  );
  if (!mailbox) return;
  mailbox.secret = seal(sealing, JSON.stringify({ ...readSecret(mailbox, sealing), ...changed }), secretPlace(mailbox));
  await tx.em.flush();
}

/** `kid.hmac`: nobody who reads the table can guess at a password with it. */
function mark({ keys }: Keyring, kid: string, text: string): string {
  return `${kid}.${createHmac('sha256', keys.get(kid) ?? '')
    .update(`environment|${text}`)
    .digest('base64url')}`;
}

function isMarked(keyring: Keyring, known: string | null, text: string): boolean {
  const [kid = ''] = known?.split('.') ?? [];
  if (known === null || !keyring.keys.has(kid)) return false;
  const made = mark(keyring, kid, text);
  return made.length === known.length && timingSafeEqual(Buffer.from(made), Buffer.from(known));
}
