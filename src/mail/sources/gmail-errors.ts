import { SourceUnavailable, type Trouble } from './unavailable.ts';

/** What a failed request to Google's APIs means. `retry`: the same request may work in a while. */
export type Failure = { kind: 'retry'; after: number | null } | { kind: 'missing' } | { kind: Trouble; words: string };

/** What gaxios throws, as far as it is looked at. */
interface HttpFailure {
  status?: number;
  code?: string | number;
  message?: string;
  response?: { status?: number; headers?: Headers; data?: unknown };
}

interface Rule {
  status: number | 'any';
  /** Of Google's `error.errors[].reason`, or of OAuth's `error`. */
  reason: RegExp;
  is: 'retry' | 'missing' | Trouble;
  words: string;
}

/** The first row that fits. Reasons are Google's (developers.google.com/gmail/api/guides/handle-errors) and RFC 6749 §5.2. */
// prettier-ignore
const RULES: readonly Rule[] = [
  { status: 'any', reason: /invalid_grant/, is: 'auth', words: 'Google has ended the consent (revoked, password changed, or a testing app, whose tokens last 7 days): connect the mailbox again' },
  { status: 'any', reason: /invalid_client|unauthorized_client|deleted_client/, is: 'auth', words: 'Google does not know this OAuth client, or the service account has no delegation for these scopes' },
  { status: 401, reason: /./, is: 'auth', words: 'Google refused the access token' },
  { status: 403, reason: /dailyLimitExceeded/, is: 'quota', words: "The day's quota of the Google Cloud project is used up" },
  { status: 403, reason: /rateLimitExceeded|userRateLimitExceeded/i, is: 'retry', words: '' },
  { status: 403, reason: /insufficientPermissions|ACCESS_TOKEN_SCOPE_INSUFFICIENT/, is: 'permission', words: 'The consent lacks a scope: gmail.modify, or gmail.readonly without labels' },
  { status: 403, reason: /accessNotConfigured|SERVICE_DISABLED/, is: 'permission', words: 'The Gmail API is not switched on in the Google Cloud project' },
  { status: 403, reason: /./, is: 'permission', words: 'Google forbids this account the Gmail API' },
  { status: 404, reason: /./, is: 'missing', words: '' },
  { status: 408, reason: /./, is: 'retry', words: '' },
  { status: 429, reason: /./, is: 'retry', words: '' },
];

/** Reads what a failed request means; anything without an answer, and any 5xx, may work in a while. Null: our own mistake (400 …). */
export function readFailure(error: unknown): Failure | null {
  const { response, status: given, message = '' } = error as HttpFailure;
  const status = response?.status ?? given ?? 0;
  const reason = reasonsOf(response?.data) || message;
  const rule = RULES.find(
    (row) => (row.status === 'any' ? status > 0 : row.status === status) && row.reason.test(reason || '-'),
  );
  if (rule?.is === 'missing') return { kind: 'missing' };
  if (rule && rule.is !== 'retry') return { kind: rule.is, words: rule.words };
  if (rule || status === 0 || status >= 500) return { kind: 'retry', after: retryAfter(response?.headers) };
  return null;
}

/** Reasons of an answer, joined; both of Google's shapes and OAuth's. */
function reasonsOf(data: unknown): string {
  const body = (typeof data === 'string' ? parse(data) : data) as { error?: unknown } | null;
  const error = body?.error;
  if (typeof error === 'string') return error;
  const { errors = [], details = [] } = (error ?? {}) as {
    errors?: { reason?: string }[];
    details?: { reason?: string }[];
  };
  return [...errors, ...details].map(({ reason }) => reason ?? '').join(' ');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Seconds of Retry-After (RFC 9110 §10.2.3) in milliseconds; null: none. */
function retryAfter(headers: Headers | undefined): number | null {
  const value = headers?.get?.('retry-after') ?? null;
  if (!value) return null;
  const seconds = Number(value);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}

/** Milliseconds in a day's quota: Google counts days in Pacific time. */
export function nextPacificMidnight(now: Date): Date {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'America/Los_Angeles',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const [hours = 0, minutes = 0, seconds = 0] = clock.format(now).split(':').map(Number);
  return new Date(now.getTime() + (24 * 3600 - hours * 3600 - minutes * 60 - seconds) * 1000);
}

export function unavailable(kind: Trouble, words: string, now: Date, cause: unknown): SourceUnavailable {
  return new SourceUnavailable(kind, words, kind === 'quota' ? nextPacificMidnight(now) : null, { cause });
}
