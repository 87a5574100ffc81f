import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Keyring } from '../secrets.ts';

const claims = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['comment', 'image', 'local']), id: z.int() }),
  // how a mail of ours would look, by its bytes
  z.object({ kind: z.literal('preview'), id: z.literal(0), sha256: z.string(), scheme: z.enum(['light', 'dark']) }),
]);
export type Framed = z.infer<typeof claims>;
/** Without an end a path would be good for ever. */
const ending = z.object({ exp: z.int() });

/** Seconds a frame may be opened for; the page that shows it asks for a new one each time it loads the ticket. */
const SECONDS = 900;

/**
 * Path of a mail body (or an inline image of it) for a sandboxed frame. A frame cannot send an Authorization header, so the path
 * itself is the right to read this one thing, for a quarter of an hour, given only to who may read it.
 */
export function framePath(keyring: Keyring, framed: Framed, now = Math.floor(Date.now() / 1000)): string {
  const key = keyring.keys.get(keyring.current) ?? Buffer.alloc(0);
  // Rounded, so that a page that polls gets the same path again and the frame does not reload.
  const iat = now - (now % 300);
  const options = { algorithm: 'HS256', audience: 'frame', keyid: keyring.current } as const;
  return `/frame/${jwt.sign({ ...framed, iat, exp: iat + SECONDS }, key, options)}`;
}

/** What a frame path stands for; null when it is forged or expired. */
export function readFrameToken(keyring: Keyring, token: string): Framed | null {
  try {
    const kid = jwt.decode(token, { complete: true })?.header.kid ?? '';
    const key = keyring.keys.get(kid);
    if (!key) return null;
    const payload = jwt.verify(token, key, { algorithms: ['HS256'], audience: 'frame' });
    ending.parse(payload);
    return claims.parse(payload);
  } catch {
    return null;
  }
}
