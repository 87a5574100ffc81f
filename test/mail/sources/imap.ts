import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { imapSource } from '../../../src/mail/sources/imap-source.ts';
import type { ImapOptions } from '../../../src/mail/sources/imap/options.ts';
import type { Fetched, Source } from '../../../src/mail/sources/source.ts';
import { startScriptedImap, type ScriptedImap, type ScriptedMessage } from '../../support/imap/scripted-imap.ts';

export const LIMIT = 10_000_000;

/** A scripted server with the given messages, and a source that reads it with little patience. Both end with the test. */
export async function scripted(
  given: (string | Buffer | ScriptedMessage)[] = [],
  options: Partial<ImapOptions> = {},
): Promise<{ imap: ScriptedImap; source: Source }> {
  const imap = await startScriptedImap(
    given.map((each, at) =>
      typeof each === 'string' || Buffer.isBuffer(each) ? { uid: at + 1, raw: Buffer.from(each) } : each,
    ),
  );
  const source = readerOf(imap, options);
  onTestFinished(async () => {
    await source.close?.();
    await imap.stop();
  });
  return { imap, source };
}

export function readerOf({ port }: { port: number }, options: Partial<ImapOptions> = {}): Source {
  const patience = { connect: 5000, silence: 1500, command: 5000 };
  return imapSource({
    ...{ host: '127.0.0.1', port, tls: 'none', user: 'joe', auth: { password: 'secret' }, folder: 'INBOX' },
    ...{ maxBytes: LIMIT, patience, ...options },
  });
}

export type Outcome =
  | { raw: Buffer; receivedAt: Date | null }
  | { gone: string }
  | { tooLarge: number; header: string }
  | { failure: string }
  | { later: string };

/** Everything that a source says of these keys; a stream that breaks is a failure, as it is for the ledger. */
export async function fetchAll(source: Source, keys: readonly string[], limit = LIMIT): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for await (const fetched of source.fetchMany?.(keys, limit) ?? [])
    outcomes.set(fetched.key, await outcomeOf(fetched));
  return outcomes;
}

async function outcomeOf(fetched: Fetched): Promise<Outcome> {
  const words = (error: unknown) => (error instanceof Error ? error.message : String(error));
  if ('failure' in fetched) return { failure: words(fetched.failure) };
  if ('tooLarge' in fetched) return { tooLarge: fetched.tooLarge, header: fetched.header?.toString() ?? '' };
  if (!('raw' in fetched)) return 'gone' in fetched ? { gone: fetched.gone } : { later: fetched.later };
  const { raw, receivedAt } = fetched;
  return Buffer.isBuffer(raw)
    ? { raw, receivedAt }
    : buffer(raw).then(
        (bytes) => ({ raw: bytes, receivedAt }),
        (error: unknown) => ({ failure: words(error) }),
      );
}

/** Whether exactly these bytes came; a failed comparison of megabytes would print them. */
export function isRaw(outcome: Outcome | undefined, raw: Buffer): boolean {
  return outcome !== undefined && 'raw' in outcome && outcome.raw.equals(raw);
}

export const keyOf = (uid: number, validity = 1) => `imap:INBOX:${validity}:${uid}`;
export const mail = (name: string) => `From: ana@maravia.example\r\nSubject: ${name}\r\n\r\nHello ${name}\r\n`;
