import { SourceUnavailable } from '../unavailable.ts';
import type { ImapOptions } from './options.ts';

/** What the library's errors carry; each of it may be missing. */
interface ImapError extends Error {
  code?: string;
  authenticationFailed?: boolean;
  mailboxMissing?: boolean;
  responseStatus?: string;
  responseText?: string;
  serverResponseCode?: string;
  response?: unknown;
  /** What the server said when it said goodbye. */
  reason?: string;
}

/** RFC 5530 response codes, and some of the wild, that tell of a server which cannot now, whatever it was asked for. */
const NOT_NOW = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'OVERQUOTA', 'CONTACTADMIN', 'THROTTLED']);

type Place = Pick<ImapOptions, 'user' | 'host' | 'folder' | 'auth'>;

/** What providers say when they refuse a sign-in, and what a person does about it. The last row is for tokens of which no more is said. */
const REFUSALS: readonly { says: RegExp; byToken?: true; advice: string }[] = [
  {
    says: /authenticated but not connected/i,
    advice: 'switch IMAP on for the mailbox, and let the app or user open it',
  },
  { says: /application.specific password/i, advice: 'make an app password, or sign in by access tokens' },
  { says: /web login required|IMAP access is disabled|not enabled for IMAP/i, advice: 'switch IMAP on in the account' },
  { says: /basic auth|LOGIN is disabled|plain.*disabled/i, advice: 'this server takes access tokens only (XOAUTH2)' },
  { says: /./, byToken: true, advice: 'the token is not of this user, or lacks the scope of IMAP' },
];

function refusalOf(failure: ImapError, auth: ImapOptions['auth']): string {
  const words = wordsOf(failure);
  const row = REFUSALS.find(({ says, byToken = false }) => says.test(words) && (!byToken || 'accessToken' in auth));
  return row ? `${words} (${row.advice})` : words;
}

/** Why a mailbox could not be opened, in words for an admin; never with the password. */
export function readTrouble(error: unknown, { user, host, folder, auth }: Place) {
  if (error instanceof SourceUnavailable) return error;
  if (error instanceof TypeError || error instanceof ReferenceError) return error; // a bug, not the server's doing
  const failure = asImapError(error);
  const because = { cause: error };
  if (isNotNow(failure)) return new SourceUnavailable('unreachable', `${host}: ${wordsOf(failure)}`, null, because);
  if (failure.authenticationFailed)
    return new SourceUnavailable('auth', `${host} does not let ${user} in: ${refusalOf(failure, auth)}`, null, because);
  if (failure.mailboxMissing)
    return new SourceUnavailable('permission', `${user} has no folder "${folder}" at ${host}`, null, because);
  return new SourceUnavailable('unreachable', `${host}: ${wordsOf(failure)}`, null, because);
}

/** The server cannot now: an answer that has nothing to do with the message it was asked for. */
export function isNotNow(error: unknown): boolean {
  const failure = asImapError(error);
  const code = codeOf(failure);
  return failure.code === 'ETHROTTLE' || (code !== null && NOT_NOW.has(code));
}

/** The server refused a command and goes on (NO or BAD). */
export function isRefusal(error: unknown): boolean {
  const { responseStatus } = asImapError(error);
  return responseStatus === 'NO' || responseStatus === 'BAD';
}

function asImapError(error: unknown): ImapError {
  return error instanceof Error ? error : new Error(String(error));
}

/** The response code in brackets (RFC 3501 §7.1). */
function codeOf({ serverResponseCode, response }: ImapError): string | null {
  if (serverResponseCode) return serverResponseCode.toUpperCase();
  const [first] = (response as { attributes?: { section?: { value?: unknown }[] }[] } | undefined)?.attributes ?? [];
  const code = first?.section?.[0]?.value;
  return typeof code === 'string' ? code.toUpperCase() : null;
}

export function wordsOf(error: unknown): string {
  const { message, responseText, code, reason } = asImapError(error);
  if (reason) return `${message}: ${reason}`;
  return responseText ?? (code && !message.includes(code) ? `${message} (${code})` : message);
}
