import type { Transaction } from '../db/transaction.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/schema.ts';
import { mayMove, moveAccount } from './account-lifecycle.ts';
import { endLinks, makeLink } from './account-link.ts';
import { sendAccountNotice } from './account-notice.ts';
import { nextCompanyId } from './company-id.ts';
import type { Employee } from './employee.ts';
import { findOrMakePerson } from './find-or-make-person.ts';

/** What somebody gave who wants an account. `email` is normalised; nobody has proven anything of it. */
export interface Registration {
  email: string;
  firstName: string;
  middleName: string;
  lastName: string;
  suffix: string;
  departmentId: number | null;
  passwordHash: string;
  /** null: that of the desk */
  locale: Settings['locale'] | null;
  pictureSha256: string | null;
}

/** `known` is answered like `registered`: only the mailbox learns of it. `domains`: the addresses that may register. */
export type Registered =
  { outcome: 'registered' | 'known' | 'closed' } | { outcome: 'foreign'; domains: readonly string[] };

/**
 * Makes a pending account with a company ID, and has the address asked whether it wants it. A contact keeps their tickets, who was rejected may
 * come again. Throws nothing that a caller could act on, so that a refusal is audited too.
 */
export async function register(tx: Transaction, links: Buffer, given: Registration): Promise<Registered> {
  const settings = await readSettings(tx);
  if (settings.registration === 'closed') return refuse(tx, { outcome: 'closed' });
  const domains = settings.registration_domains;
  if (settings.registration === 'domains' && !domains.includes(given.email.split('@').at(-1) ?? ''))
    return refuse(tx, { outcome: 'foreign', domains });

  const person = await findOrMakePerson(tx, given.email);
  if (!mayMove(person.status, 'register')) return tellKnown(tx, links, person);
  const { status: before, companyId } = person;
  moveAccount(person, 'register');
  const { email: _, locale, ...details } = given;
  Object.assign(person, details, {
    ...{ role: 'employee', companyId: companyId ?? (await nextCompanyId(tx)), locale: locale ?? settings.locale },
    // Whoever proved the address before need not be who chose this password.
    emailConfirmedAt: null,
    ...{ registeredAt: tx.now, decidedAt: null, decidedBy: null, decisionReason: null, updatedAt: tx.now },
  });
  await askAddress(tx, links, person, 'registration-pending');
  tx.audit({ ...entry(person.id), data: { before } });
  return { outcome: 'registered' };
}

/**
 * Somebody registers an address that has an account. While nobody has confirmed it, nobody knows whose password is the right one: none is, and
 * who confirms the address chooses one when the account is approved.
 */
async function tellKnown(tx: Transaction, links: Buffer, person: Employee): Promise<Registered> {
  if (person.status === 'pending' && !person.emailConfirmedAt) {
    person.passwordHash = null;
    await askAddress(tx, links, person, 'registration-known');
  } else await sendAccountNotice(tx, { employeeId: person.id, template: 'registration-known' });
  tx.audit({ ...entry(person.id), outcome: 'refused', data: { reason: 'known' } });
  return { outcome: 'known' };
}

/** One link is good at a time: the one of the newest mail. */
async function askAddress(
  tx: Transaction,
  links: Buffer,
  { id }: Employee,
  template: 'registration-pending' | 'registration-known',
): Promise<void> {
  await endLinks(tx, id, 'confirm-email');
  const linkId = await makeLink(tx, links, { employeeId: id, purpose: 'confirm-email' });
  await sendAccountNotice(tx, { employeeId: id, template, linkId });
}

function refuse(tx: Transaction, refused: Registered): Registered {
  tx.audit({ ...entry(null), outcome: 'refused', data: { reason: refused.outcome } });
  return refused;
}

const entry = (id: number | null) => ({
  ...{ action: 'employee.registered', actorId: null },
  subject: id === null ? null : { type: 'employee', id },
});
