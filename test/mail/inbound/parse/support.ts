import { createHash } from 'node:crypto';
import type { InboundMail, ParseResult } from '../../../../src/mail/inbound/inbound-mail.ts';
import { parseMessage } from '../../../../src/mail/inbound/parse/parse-message.ts';

/** A blob store in memory, and what was put into it by hash. */
export function memoryBlobs() {
  const stored = new Map<string, Buffer>();
  return {
    stored,
    put(bytes: Uint8Array) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      stored.set(sha256, Buffer.from(bytes));
      return Promise.resolve({ sha256, size: bytes.length });
    },
  };
}

/** Parses text or bytes; line ends become CRLF in text. */
export function parse(raw: string | Buffer): Promise<ParseResult> {
  const bytes = typeof raw === 'string' ? Buffer.from(raw.replaceAll(/\r?\n/g, '\r\n')) : raw;
  return parseMessage(bytes, { blobs: memoryBlobs() });
}

/** Parses what must be parsable. */
export async function parsed(raw: string | Buffer): Promise<InboundMail> {
  const result = await parse(raw);
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.reason}`);
  return result.mail;
}

/** A plain text mail with extra header lines. */
export function plainMail(body: string, headers: Record<string, string> = {}): string {
  const all = { From: 'Anna Berg <anna@example.com>', To: 'desk@example.org', Subject: 'Printer', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join('\n')}\nContent-Type: text/plain; charset=utf-8\n\n${body}`;
}

/** An html mail. */
export function htmlMail(html: string, headers: Record<string, string> = {}): string {
  return plainMail(html, headers).replace('text/plain', 'text/html');
}
