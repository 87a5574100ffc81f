import type { Paths } from './method-and-path.ts';

export const MAILBOXES_PATHS = {
  listMailboxes: ['GET', '/api/mailboxes'],
  createMailbox: ['POST', '/api/mailboxes'],
  readMailbox: ['GET', '/api/mailboxes/:id'],
  changeMailbox: ['PATCH', '/api/mailboxes/:id'],
  disableMailbox: ['DELETE', '/api/mailboxes/:id'],
  resumeMailbox: ['POST', '/api/mailboxes/:id/resume'],
  examineMailbox: ['POST', '/api/mailboxes/:id/doctor'],
  rehearseMailbox: ['POST', '/api/mailboxes/:id/rehearse'],
  readHealth: ['GET', '/api/health'],
  startGmailConsent: ['POST', '/api/mailboxes/:id/consent'],
  finishGmailConsent: ['GET', '/api/gmail/consent'],
  gmailPush: ['POST', '/api/gmail/push'],
  renewPushSecret: ['POST', '/api/mailboxes/:id/push-secret'],
} as const satisfies Paths;
