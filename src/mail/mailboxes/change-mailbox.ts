import type { SourceInput, TransportInput } from '../../contract/routes/mailbox-shapes.ts';
import type { Transaction } from '../../db/transaction.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Employee } from '../../people/employee.ts';
import type { Keyring } from '../../secrets.ts';
import { findClassification, type NameOrId } from '../../tickets/find-category.ts';
import { resumeMailbox } from '../inbound/mailbox-health.ts';
import { POLLED, type Mailbox } from '../mailbox.ts';
import { newPushSecret } from '../sources/push-signature.ts';
import { assign, assignPlaces, secretOf, storeSecret } from './assign-places.ts';
import { lockMailbox, refuseTaken } from './lock-mailboxes.ts';

/** What an admin may say of a mailbox; what is not there stays. */
export interface MailboxEdit {
  name?: string | undefined;
  aliases?: readonly string[] | undefined;
  source?: SourceInput | undefined;
  transport?: TransportInput | undefined;
  defaultCategory?: NameOrId | null | undefined;
  defaultDepartment?: NameOrId | null | undefined;
  senderPolicy?: Mailbox['senderPolicy'] | undefined;
  senderDomains?: readonly string[] | undefined;
  senderTrust?: Mailbox['senderTrust'] | undefined;
  signature?: string | undefined;
  plusAddressing?: boolean | undefined;
  quiet?: boolean | undefined;
  enabled?: boolean | undefined;
}

export interface ChangeDeps {
  actor: Pick<Employee, 'id'>;
  sealing: Keyring;
}

/**
 * Changes a mailbox. Its version rises, by which whoever reads it or sends for it begins anew; nothing that the old reading still brings may then be
 * written. Gives the mailbox, and the secret for pushed mail when it was made.
 */
export async function changeMailbox(
  tx: Transaction,
  id: number,
  { edit, version, ...deps }: ChangeDeps & { edit: MailboxEdit; version?: number },
): Promise<{ mailbox: Mailbox; pushSecret: string | null }> {
  const mailbox = await lockMailbox(tx, id, version);
  const { fields, pushSecret } = await applyEdit(tx, mailbox, edit, deps.sealing);
  if (fields.length > 0) await finishChange(tx, mailbox, { fields, actor: deps.actor });
  return { mailbox, pushSecret };
}

/** A new secret for pushed mail. */
export async function renewPushSecret(
  tx: Transaction,
  id: number,
  { actor, sealing }: ChangeDeps,
): Promise<{ mailbox: Mailbox; pushSecret: string }> {
  const mailbox = await lockMailbox(tx, id);
  if (mailbox.source !== 'http') throw fieldError('source', 'its mail is not pushed: there is no secret');
  const pushSecret = newPushSecret();
  storeSecret(mailbox, { ...secretOf(mailbox, sealing), pushSecret }, sealing);
  await finishChange(tx, mailbox, { fields: ['push_secret'], actor });
  return { mailbox, pushSecret };
}

/** A person has seen to a mailbox that the desk had stopped. */
export async function letGoOn(tx: Transaction, id: number, { actor }: Pick<ChangeDeps, 'actor'>): Promise<void> {
  await lockMailbox(tx, id);
  await resumeMailbox(tx, id);
  tx.enqueue('poll-mailbox', { mailboxId: id });
  tx.audit({ action: 'mailbox.resumed', actorId: actor.id, subject: { type: 'mailbox', id } });
}

export async function finishChange(
  tx: Transaction,
  mailbox: Mailbox,
  { fields, actor }: { fields: readonly string[]; actor: Pick<Employee, 'id'> },
): Promise<void> {
  mailbox.version += 1;
  mailbox.updatedAt = tx.now;
  await tx.em.flush();
  // Workers look at their mailboxes every few seconds anyway.
  tx.enqueue('poll-mailbox', { mailboxId: mailbox.id });
  const data = { fields: [...fields], enabled: mailbox.enabled };
  tx.audit({ action: 'mailbox.changed', actorId: actor.id, subject: { type: 'mailbox', id: mailbox.id }, data });
}

/** Puts an edit into the columns. Gives the names of the fields that it changes. */
export async function applyEdit(
  tx: Transaction,
  mailbox: Mailbox,
  edit: MailboxEdit,
  sealing: Keyring,
): Promise<{ fields: string[]; pushSecret: string | null }> {
  const { source, transport, defaultCategory, defaultDepartment, ...plain } = edit;
  const columns: Record<string, unknown> = { ...plain };
  if (plain.aliases) {
    await refuseTaken(tx, mailbox, { field: 'aliases', addresses: plain.aliases });
    columns['aliases'] = [...new Set(plain.aliases)];
  }
  if (defaultCategory !== undefined) columns['defaultCategoryId'] = await categoryOf(tx, defaultCategory);
  if (defaultDepartment !== undefined) columns['defaultDepartmentId'] = await departmentOf(tx, defaultDepartment);
  const fields = assign(mailbox, columns);
  const secret = await assignPlaces(tx, mailbox, { source, transport }, sealing);
  refuseUnfit(mailbox);
  return { fields: [...fields, ...secret.fields], pushSecret: secret.pushSecret };
}

function refuseUnfit({ source, senderTrust, senderPolicy, senderDomains }: Mailbox): void {
  if (senderTrust === 'submission' && POLLED.some((kind) => kind === source))
    throw fieldError('sender_trust', 'must be verify: anybody can write to an account that is read from a server');
  if (senderPolicy === 'domains' && senderDomains.length === 0)
    throw fieldError('sender_domains', 'must name a domain while only domains may open tickets');
}

async function categoryOf(tx: Transaction, given: NameOrId | null): Promise<number | null> {
  if (given === null) return null;
  return (await atField('default_category', findClassification(tx, { category: given }))).categoryId;
}

async function departmentOf(tx: Transaction, given: NameOrId | null): Promise<number | null> {
  if (given === null) return null;
  return (await atField('default_department', findClassification(tx, { department: given }))).departmentId;
}

/** The same refusal under the name that the field has here. */
function atField<T>(field: string, found: Promise<T>): Promise<T> {
  return found.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'validation_failed')
      throw new AppError(error.code, error.message, { [field]: Object.values(error.details)[0] });
    throw error;
  });
}
