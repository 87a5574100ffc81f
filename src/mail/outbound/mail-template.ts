/**
 * Every message the desk sends. `submitted` is its Auto-Submitted value (RFC 3834 §5) when no person's words are in it; `once`: it
 * is sent at most once, that is never again when we cannot know whether it went out.
 */
export const MAIL_TEMPLATES = {
  'ticket-received': { submitted: 'auto-replied', once: true },
  'public-reply': { submitted: 'auto-generated', once: false },
  'status-changed': { submitted: 'auto-generated', once: false },
  resolved: { submitted: 'auto-generated', once: false },
  'new-comment-for-staff': { submitted: 'auto-generated', once: false },
} as const satisfies Record<string, { submitted: 'auto-replied' | 'auto-generated'; once: boolean }>;

export type MailTemplate = keyof typeof MAIL_TEMPLATES;
export const MAIL_TEMPLATE_NAMES = Object.keys(MAIL_TEMPLATES) as MailTemplate[];
