import { ACCOUNT_TEMPLATES, type AccountTemplate } from '../../people/account-notice.ts';

/**
 * What a mail is. `submitted`: its Auto-Submitted value (RFC 3834 §5) when no person's words are in it; `once`: it is sent at most once, that is
 * never again when we cannot know whether it went out.
 */
interface MailKind {
  submitted: 'auto-replied' | 'auto-generated';
  once: boolean;
}

/** Mails about tickets. */
const TICKET_MAILS = {
  'ticket-received': { submitted: 'auto-replied', once: true },
  'public-reply': { submitted: 'auto-generated', once: false },
  'status-changed': { submitted: 'auto-generated', once: false },
  resolved: { submitted: 'auto-generated', once: false },
  closed: { submitted: 'auto-generated', once: false },
  rejected: { submitted: 'auto-generated', once: false },
  withdrawn: { submitted: 'auto-generated', once: false },
  'more-information': { submitted: 'auto-generated', once: false },
  'participant-added': { submitted: 'auto-generated', once: false },
  'new-ticket': { submitted: 'auto-generated', once: false },
  'new-comment-for-staff': { submitted: 'auto-generated', once: false },
  assigned: { submitted: 'auto-generated', once: false },
  mentioned: { submitted: 'auto-generated', once: false },
  watched: { submitted: 'auto-generated', once: false },
} as const satisfies Record<string, MailKind>;

export type TicketTemplate = keyof typeof TICKET_MAILS;
export const TICKET_TEMPLATES = Object.keys(TICKET_MAILS) as TicketTemplate[];
/** What staff reads about its work: it names who did what, and never goes to anybody else. */
export const STAFF_TEMPLATES: readonly MailTemplate[] = [
  'new-ticket',
  'new-comment-for-staff',
  'assigned',
  'mentioned',
  'watched',
];

/** Mails about accounts are all alike: without one somebody cannot sign in, twice it does no harm. */
const ACCOUNT_MAIL: MailKind = { submitted: 'auto-generated', once: false };

/** What a coordinator finds in the morning; of one that is perhaps sent there is another one tomorrow. */
const DIGEST: MailKind = { submitted: 'auto-generated', once: true };

export type MailTemplate = TicketTemplate | AccountTemplate | 'digest';
export const MAIL_TEMPLATE_NAMES: readonly MailTemplate[] = [...TICKET_TEMPLATES, ...ACCOUNT_TEMPLATES, 'digest'];

/** Every message the desk sends. */
export const MAIL_TEMPLATES = {
  ...TICKET_MAILS,
  digest: DIGEST,
  ...Object.fromEntries(ACCOUNT_TEMPLATES.map((name) => [name, ACCOUNT_MAIL])),
} as Readonly<Record<MailTemplate, MailKind>>;
