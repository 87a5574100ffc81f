import { Readable } from 'node:stream';
import type { RunTransaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { faultPoint } from '../../fault-point.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { receiveMessage } from '../inbound/receive-message.ts';

export interface PushDeps {
  transaction: RunTransaction;
  blobs: BlobStore;
  maxMessageBytes: number;
}

/** A message on its way to a mailbox, by HTTP. */
export interface Push {
  mailboxId: number;
  body: Readable;
  /** As its sender says; null: it does not. */
  announced: number | null;
  /** Told of each piece of the body, then asked at its end whether it is what was signed. */
  check: { update(piece: Buffer): void; matches(): boolean };
}

/**
 * Keeps a pushed message: bytes on disk, then its row, and only then the sender may forget it. The key is the bytes themselves, so that what is pushed
 * again (an answer that was lost, a crash before it, a replay) is the same delivery. What is not signed leaves nothing on the disk.
 */
export async function receivePush(
  { transaction, blobs, maxMessageBytes }: PushDeps,
  { mailboxId, body, announced, check }: Push,
): Promise<{ id: number; known: boolean }> {
  if (announced !== null && announced > maxMessageBytes)
    throw new AppError('payload_too_large', `More than ${maxMessageBytes} bytes`, { limit: maxMessageBytes });
  if (!(await blobs.hasRoom(announced ?? maxMessageBytes)))
    throw new AppError('unavailable', 'The disk of the desk is nearly full: push it again later');
  const checked = Readable.from(checking(body, check), { objectMode: false });
  try {
    const raw = await blobs.putStream(checked, maxMessageBytes);
    faultPoint('F3');
    const delivery = { mailboxId, sourceKey: `sha256:${raw.sha256}`, raw, envelopeFrom: null, envelopeTo: null };
    const kept = await transaction((tx) => receiveMessage(tx, { ...delivery, quiet: false, wake: true }));
    faultPoint('P1');
    return kept;
  } finally {
    checked.destroy();
  }
}

/** Fails before its end is told when the bytes are none, or not those that were signed: then the blob store keeps nothing. */
async function* checking(body: Readable, check: Push['check']): AsyncGenerator<Buffer> {
  let empty = true;
  try {
    for await (const piece of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      empty &&= piece.length === 0;
      check.update(piece);
      yield piece;
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('malformed_request', 'The body was cut off', {}, { cause: error });
  }
  if (!check.matches()) throw new AppError('invalid_credentials', 'The signature is not one of this body');
  if (empty) throw new AppError('malformed_request', 'The body is empty: send the message as it is (RFC 5322)');
}
