import type { ParseFailure } from '../inbound-mail.ts';

/** What one message may cost. Beyond any of these it is quarantined with its raw source kept (T20, T22). */
export const PARSE_LIMITS = {
  rawBytes: 50 * 1024 * 1024,
  headerBytes: 256 * 1024,
  parts: 500,
  depth: 50,
  addresses: 1000,
  htmlBytes: 10 * 1024 * 1024,
  /** A larger text part is a file, not something to read. */
  textBytes: 10 * 1024 * 1024,
  /** Wall clock for one message in a child process. */
  timeMs: 20_000,
  /** Resident memory of a child process. */
  rssBytes: 400 * 1024 * 1024,
  /** Characters of a body that the reply scanner reads; the rest counts as quoted. */
  scannedChars: 1024 * 1024,
  /** Lines of them: what makes many is the end of each, not its words. */
  scannedLines: 15_000,
  /** Element nesting beyond which html is read as bare text: browsers flatten at 512. */
  htmlDepth: 1000,
  /** Tags beyond which it is as well: a newsletter has some thousands. */
  htmlTags: 200_000,
} as const;
export type ParseLimits = { readonly [Name in keyof typeof PARSE_LIMITS]: number };

const REASONS = {
  'too-large': 'The message or its html is larger than the limit.',
  'too-many-parts': 'The message has more parts than the limit.',
  'too-deep': 'The parts of the message are nested deeper than the limit.',
  'header-too-large': 'The header of the message or of one of its parts is larger than the limit.',
  'too-many-addresses': 'The message names more addresses than the limit.',
  unparsable: 'The message could not be parsed.',
  timeout: 'Parsing the message took longer than the limit.',
  memory: 'Parsing the message took more memory than the limit.',
  crashed: 'The process that parsed the message died of it.',
} as const;
export type FailureCode = keyof typeof REASONS;

/** The outcome of a message that cannot be parsed, in the words an admin reads. */
export function parseFailure(code: FailureCode, detail = ''): ParseFailure {
  return { code, reason: detail === '' ? REASONS[code] : `${REASONS[code]} (${detail})` };
}

/** Thrown inside the parser only, when a message is beyond a limit; `parseMessage` turns it into a `ParseFailure`. */
export class BeyondLimit extends Error {
  override readonly name = 'BeyondLimit';
  readonly code: FailureCode;

  constructor(code: FailureCode, detail = '') {
    super(detail);
    this.code = code;
  }
}
