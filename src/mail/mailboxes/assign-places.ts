import { isDeepStrictEqual } from 'node:util';
import type { SourceInput } from '../../contract/routes/mailbox-shapes.ts';
import type { Transaction } from '../../db/transaction.ts';
import { seal, type Keyring } from '../../secrets.ts';
import type { Mailbox } from '../mailbox.ts';
import { readSecret, secretPlace, type MailboxSecret } from '../sources/mailbox-secret.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';
import { OWN_SECRETS } from '../transports/smtp-server.ts';
import type { MailboxEdit } from './change-mailbox.ts';
import { sourceColumns } from './mailbox-columns.ts';
import { isSamePlace, moveSource } from './move-source.ts';
import { refuseOrphan, transportColumns } from './transport-columns.ts';

/**
 * Puts source and transport into the columns, and the secrets that are theirs from now on under seal. Gives the names of what changed, and the
 * secret for pushed mail when it was made.
 */
export async function assignPlaces(
  tx: Transaction,
  mailbox: Mailbox,
  { source, transport }: Pick<MailboxEdit, 'source' | 'transport'>,
  sealing: Keyring,
): Promise<{ fields: string[]; pushSecret: string | null }> {
  if (!source && !transport) return { fields: [], pushSecret: null };
  const known = secretOf(mailbox, sealing);
  const ofTransport = pick(known, OWN_SECRETS);
  let secret: MailboxSecret = known;
  const fields: string[] = [];
  if (source) {
    const { secret: given, ...place } = sourceColumns(source, sameKind(mailbox, source) ? known : {});
    if (mailbox.id && !isSamePlace(mailbox, place)) await moveSource(tx, mailbox);
    fields.push(...assign(mailbox, place));
    secret = { ...given, ...ofTransport };
  }
  if (transport) {
    const { secret: given, ...place } = transportColumns(transport, known, mailbox);
    fields.push(...assign(mailbox, place));
    secret = { ...without(secret, OWN_SECRETS), ...given };
  }
  refuseOrphan(mailbox, secret);
  if (!isDeepStrictEqual(secret, known)) {
    storeSecret(mailbox, secret, sealing);
    fields.push('secrets');
  }
  return { fields, pushSecret: secret.pushSecret !== known.pushSecret ? (secret.pushSecret ?? null) : null };
}

const KINDS = { drop: 'smtp', http: 'http', imap: 'imap', gmail: 'gmail' } as const;
const sameKind = (mailbox: Mailbox, { kind }: SourceInput) => mailbox.source === KINDS[kind];

/** What is stored now; what cannot be opened any more is entered anew. */
export function secretOf(mailbox: Mailbox, sealing: Keyring): MailboxSecret {
  try {
    return readSecret(mailbox, sealing);
  } catch (error) {
    if (error instanceof SourceUnavailable) return {};
    throw error;
  }
}

const names = (secret: MailboxSecret) => Object.keys(secret) as (keyof MailboxSecret)[];

function pick(secret: MailboxSecret, wanted: readonly (keyof MailboxSecret)[]): MailboxSecret {
  return without(
    secret,
    names(secret).filter((name) => !wanted.includes(name)),
  );
}

function without(secret: MailboxSecret, unwanted: readonly (keyof MailboxSecret)[]): MailboxSecret {
  return Object.fromEntries(names(secret).flatMap((name) => (unwanted.includes(name) ? [] : [[name, secret[name]]])));
}

export function storeSecret(mailbox: Mailbox, secret: MailboxSecret, sealing: Keyring): void {
  mailbox.secret = seal(sealing, JSON.stringify(secret), secretPlace(mailbox));
}

/** Sets those columns that are given and another value. */
export function assign(mailbox: Mailbox, columns: Record<string, unknown>): string[] {
  const before: Record<string, unknown> = { ...mailbox };
  const changed = Object.keys(columns).filter(
    (key) => columns[key] !== undefined && !isDeepStrictEqual(before[key] ?? null, columns[key]),
  );
  Object.assign(mailbox, Object.fromEntries(changed.map((key) => [key, columns[key]])));
  return changed;
}
