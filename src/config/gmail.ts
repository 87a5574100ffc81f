import { z } from 'zod';
import { missing, type Complaint } from './complaint.ts';
import { secureUrl } from './url.ts';

/** Variables of a mailbox that is read by the Gmail API. */
export const gmailVariables = {
  GMAIL_CLIENT_ID: z.string().optional(),
  GMAIL_CLIENT_SECRET: z.string().optional(),
  GMAIL_REFRESH_TOKEN: z.string().optional(),
  GMAIL_SERVICE_ACCOUNT: z.string().optional(),
  GMAIL_USER: z.email().optional(),
  GMAIL_LABEL: z.string().trim().min(1).optional(),
  GMAIL_DONE_LABEL: z.string().trim().min(1).optional(),
  GMAIL_SCOPE: z.enum(['modify', 'readonly']).optional(),
  GMAIL_HISTORY: z.enum(['quiet', 'live']).optional(),
  GMAIL_API_URL: secureUrl.optional(),
  GMAIL_PUSH_EMAIL: z.email().optional(),
  GMAIL_PUSH_TOPIC: z
    .string()
    .regex(/^projects\/[^/\s]+\/topics\/[^/\s]+$/, 'must look like projects/PROJECT/topics/TOPIC')
    .optional(),
};

export interface GmailSettings {
  credentials:
    | { kind: 'consent'; clientId: string; clientSecret: string; refreshToken: string }
    /** The key as Google gives it, in JSON, or the path of its file; `user` is the account it acts for. */
    | { kind: 'service-account'; key: string; user: string };
  /** Mail with this label is read. */
  label: string;
  /** What applied mail is labelled with; null: nothing is changed, and read access is enough. */
  doneLabel: string | null;
  /** What becomes of mail that was there before: imported without notifying anybody, or treated as new. */
  history: 'quiet' | 'live';
  /** Replaces Google's hosts. */
  apiUrl: string | null;
}

/** About every Gmail mailbox, those that admins make too. */
const OF_ALL = new Set(['GMAIL_API_URL', 'GMAIL_PUSH_EMAIL', 'GMAIL_PUSH_TOPIC']);

/** What belongs together when a mailbox is read by the Gmail API. */
export function complaintsAboutGmail(given: Record<string, unknown>): Complaint[] {
  const has = (name: string) => name in given;
  // Whoever pushes must be believed, or all of it is refused.
  const push = has('GMAIL_PUSH_TOPIC') && !has('GMAIL_PUSH_EMAIL') ? [missing('GMAIL_PUSH_EMAIL')] : [];
  if (!Object.keys(gmailVariables).some((name) => has(name) && !OF_ALL.has(name))) return push;
  const consent = ['GMAIL_REFRESH_TOKEN', 'GMAIL_CLIENT_ID', 'GMAIL_CLIENT_SECRET'];
  const another = ['MAILDIR', 'IMAP_URL'].find(has);
  const about = (name: string, message: string): Complaint => ({ path: [name], message });
  return [
    ...push,
    ...(another ? [about(another, 'is a second source of the same address: keep it or the variables of Gmail')] : []),
    ...(has('GMAIL_SERVICE_ACCOUNT')
      ? consent.filter(has).map((name) => about(name, 'is of no use with GMAIL_SERVICE_ACCOUNT: keep one of them'))
      : consent.filter((name) => !has(name)).map(missing)),
    ...(has('GMAIL_USER') && !has('GMAIL_SERVICE_ACCOUNT')
      ? [about('GMAIL_USER', 'is for a service account: a refresh token is one account’s already')]
      : []),
    ...(has('GMAIL_DONE_LABEL') && given['GMAIL_SCOPE'] === 'readonly'
      ? [about('GMAIL_DONE_LABEL', 'cannot be set with GMAIL_SCOPE=readonly')]
      : []),
  ];
}

type Values = z.infer<z.ZodObject<typeof gmailVariables>>;

/** The Gmail account that the variables describe, if any; a service account acts for the desk's own address unless told otherwise. */
export function gmailOf(values: Values, supportAddress: string): GmailSettings | null {
  const credentials = credentialsOf(values, supportAddress);
  if (!credentials) return null;
  const {
    GMAIL_LABEL: label = 'INBOX',
    GMAIL_DONE_LABEL: done = 'SmartSupport',
    GMAIL_HISTORY: history = 'quiet',
  } = values;
  const doneLabel = values.GMAIL_SCOPE === 'readonly' ? null : done;
  return { credentials, label, doneLabel, history, apiUrl: values.GMAIL_API_URL?.replace(/\/+$/, '') ?? null };
}

function credentialsOf(values: Values, supportAddress: string): GmailSettings['credentials'] | null {
  const {
    GMAIL_SERVICE_ACCOUNT: key,
    GMAIL_CLIENT_ID: clientId,
    GMAIL_CLIENT_SECRET: clientSecret,
    GMAIL_REFRESH_TOKEN: refreshToken,
  } = values;
  if (key) return { kind: 'service-account', key, user: values.GMAIL_USER ?? supportAddress };
  if (!clientId || !clientSecret || !refreshToken) return null;
  return { kind: 'consent', clientId, clientSecret, refreshToken };
}
