import type { Transaction } from '../db/transaction.ts';

/** Mails about an account, by their template. */
export const ACCOUNT_TEMPLATES = [
  'registration-pending',
  'registration-approved',
  'registration-rejected',
  'registration-known',
  'invitation',
  'confirm-email',
  'reset-password',
  'sign-in-link',
  'password-changed',
  'email-changed',
  'second-factor-changed',
  'mailbox-failing',
  'mailbox-recovered',
] as const;
export type AccountTemplate = (typeof ACCOUNT_TEMPLATES)[number];

export interface NewAccountNotice {
  employeeId: number;
  template: AccountTemplate;
  /** Instead of the account's own address, such as the old one after a change. */
  recipient?: string | null;
  /** What the template shows beside the person: plain words, such as `reason`. */
  data?: Record<string, string>;
  /** The link it carries. */
  linkId?: number | null;
}

/** Records that a mail about an account is due and wakes its queue; no commit, no mail. A mail that fails fails nothing else. */
export async function sendAccountNotice(tx: Transaction, given: NewAccountNotice): Promise<void> {
  const { employeeId, template, recipient = null, data = {}, linkId = null } = given;
  const [row] = await tx.em.execute<{ id: string }[]>(
    `insert into account_notice (employee_id, template, recipient, data, link_id, state, created_at) values (?, ?, ?, ?::jsonb, ?, 'pending', ?) returning id`,
    [employeeId, template, recipient, JSON.stringify(data), linkId, tx.now],
  );
  tx.wake('notify-accounts', Number(row?.id));
}
