import type { MailboxFields } from '../../contract/routes/mailboxes.ts';
import type { MailboxEdit } from './change-mailbox.ts';

/** What is said of a mailbox, in words of our own. */
export function editOf(fields: MailboxFields): MailboxEdit {
  const {
    default_category,
    default_department,
    sender_policy,
    sender_domains,
    sender_trust,
    plus_addressing,
    ...same
  } = fields;
  return {
    ...same,
    ...{ defaultCategory: default_category, defaultDepartment: default_department },
    plusAddressing: plus_addressing,
    ...{ senderPolicy: sender_policy, senderDomains: sender_domains, senderTrust: sender_trust },
  };
}
