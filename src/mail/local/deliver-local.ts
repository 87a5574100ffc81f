import { AppError } from '../../errors.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { normalizeAddress, withoutTag } from '../addresses.ts';
import type { ParserPool } from '../inbound/parse/parser-pool.ts';
import { smtpTransport } from '../transports/smtp-transport.ts';

/** Sends a raw message to the desk's own drop as a mail client would, by SMTP: to those of its recipients that are the desk. */
export async function deliverLocal(given: {
  raw: Buffer;
  blobs: BlobStore;
  parsers: ParserPool;
  /** The support address. */
  desk: string;
  port: number;
}): Promise<string[]> {
  const { raw, desk } = given;
  const { sha256 } = await given.blobs.put(raw);
  const parsed = await given.parsers.parse(sha256, { authenticate: false });
  if (!parsed.ok)
    throw new AppError('validation_failed', 'This is not a message (RFC 5322)', { body: [parsed.failure.reason] });
  const { from, to, cc } = parsed.mail;
  const recipients = [...to, ...cc]
    .map(({ address }) => normalizeAddress(address))
    .filter((address) => withoutTag(address) === desk);
  if (recipients.length === 0)
    throw new AppError('validation_failed', `Nobody of To or Cc is ${desk}`, { to: [`write to ${desk}`] });
  const transport = smtpTransport({ host: '127.0.0.1', port: given.port, secure: false, auth: null });
  try {
    for (const recipient of new Set(recipients)) {
      const result = await transport.send({ envelope: { from: from.address, to: recipient }, mime: raw });
      if (result.kind === 'refused') throw new AppError('validation_failed', `The desk refused it: ${result.response}`);
      if (result.kind !== 'sent') throw new AppError('unavailable', `The drop cannot be reached: ${result.error}`);
    }
    return [...new Set(recipients)];
  } finally {
    await transport.close();
  }
}
