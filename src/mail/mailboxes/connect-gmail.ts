import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { Employee } from '../../people/employee.ts';
import type { Keyring } from '../../secrets.ts';
import type { Mailbox } from '../mailbox.ts';
import type { Consent, ConsentClient } from '../sources/gmail-consent.ts';
import { readSecret } from '../sources/mailbox-secret.ts';
import { gmailConfig } from '../sources/open-gmail.ts';
import { storeSecret } from './assign-places.ts';
import { finishChange } from './change-mailbox.ts';
import { lockMailbox } from './lock-mailboxes.ts';

/** What the consent of a mailbox's owner is asked by. 409 when the mailbox is read by other means. */
export function consentOf(
  mailbox: Mailbox,
  deps: { sealing: Keyring; redirectUri: string; apiUrl: string | null },
): { client: ConsentClient; readonly: boolean } {
  const config = mailbox.source === 'gmail' ? gmailConfig.parse(mailbox.sourceConfig) : null;
  if (config?.credentials.kind !== 'consent')
    throw new AppError('conflict', 'The mailbox is not read by a consent of its owner at Google');
  const { clientSecret = '' } = readSecret(mailbox, deps.sealing);
  const { redirectUri, apiUrl } = deps;
  const client = { clientId: config.credentials.clientId, clientSecret, redirectUri, apiUrl: config.apiUrl ?? apiUrl };
  return { client, readonly: config.doneLabel === null };
}

/** Stores what a consent gave, for the mailbox that it was asked for and by an admin who still is one. 409 when it is for another account. */
export async function keepConsent(
  tx: Transaction,
  id: number,
  { consent, employeeId, sealing }: { consent: Consent; employeeId: number; sealing: Keyring },
): Promise<void> {
  const actor = await tx.em.findOne(Employee, { id: employeeId, role: 'admin', status: 'approved' });
  if (!actor) throw new AppError('forbidden', 'Whoever began it is no admin any more');
  const mailbox = await lockMailbox(tx, id);
  if (![mailbox.address, ...mailbox.aliases].includes(consent.address))
    throw new AppError(
      'conflict',
      `Google gave access to ${consent.address}, not to ${mailbox.address}: choose that account`,
    );
  storeSecret(mailbox, { ...readSecret(mailbox, sealing), refreshToken: consent.refreshToken }, sealing);
  await finishChange(tx, mailbox, { fields: ['refresh_token'], actor });
}
