import type { EntityManager } from '@mikro-orm/postgresql';
import type { MailTemplate } from './mail-template.ts';
import type { OutboundState } from './outbound-message.ts';

/** A mail about an account and what became of it. */
export interface AccountMail {
  template: MailTemplate;
  recipient: string;
  state: OutboundState;
  reason: string | null;
  created_at: string;
  finished_at: string | null;
}

/** The newest mails about a person's account, newest first. */
export async function listAccountMails(em: EntityManager, employeeId: number): Promise<AccountMail[]> {
  return em.execute<AccountMail[]>(
    `select template, recipient, state, reason, created_at, finished_at from outbound_message
      where recipient_id = ? and account_notice_id is not null order by id desc limit 20`,
    [employeeId],
  );
}
