import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Keyring } from '../secrets.ts';

const claims = z.object({ sub: z.string().regex(/^\d{1,15}$/), file: z.int(), ver: z.int(), exp: z.int() });

/** Seconds for which a link may be followed: somebody clicks it now. */
export const DOWNLOAD_SECONDS = 300;

/** Who may fetch which file, by a link that carries no other proof. */
export interface Download {
  employeeId: number;
  /** Version of the account: disabling it ends the link. */
  version: number;
  fileId: number;
}

/** What makes a path of one file the right to fetch it, as this person, for five minutes. */
export function downloadToken(keyring: Keyring, { employeeId, version, fileId }: Download, now: number): string {
  const key = keyring.keys.get(keyring.current) ?? Buffer.alloc(0);
  const options = { algorithm: 'HS256', audience: 'download', keyid: keyring.current } as const;
  const payload = { sub: String(employeeId), ver: version, file: fileId, iat: now, exp: now + DOWNLOAD_SECONDS };
  return jwt.sign(payload, key, options);
}

/** Seconds for which another system may fetch a file that it was told of. */
export const SHARED_SECONDS = 24 * 3600;
const sharedClaims = z.object({ file: z.int(), exp: z.int() });

/** What makes a path of one file the right of another system to fetch it, until then (in seconds). */
export function sharedFileToken(keyring: Keyring, fileId: number, until: number): string {
  const key = keyring.keys.get(keyring.current) ?? Buffer.alloc(0);
  const options = { algorithm: 'HS256', audience: 'shared-file', keyid: keyring.current, noTimestamp: true } as const;
  return jwt.sign({ file: fileId, exp: until }, key, options);
}

/** The file that another system may fetch; null when the token is forged, expired, or one of a person. `now` in seconds. */
export function readSharedFileToken(keyring: Keyring, token: string, now: number): number | null {
  const given = verified(keyring, token, { audience: 'shared-file', now });
  return given === null ? null : (sharedClaims.safeParse(given).data?.file ?? null);
}

/** Null when it is forged or expired. `now` in seconds. */
export function readDownloadToken(keyring: Keyring, token: string, now: number): Download | null {
  const given = claims.safeParse(verified(keyring, token, { audience: 'download', now }));
  if (!given.success) return null;
  const { sub, ver, file } = given.data;
  return { employeeId: Number(sub), version: ver, fileId: file };
}

function verified(keyring: Keyring, token: string, { audience, now }: { audience: string; now: number }): unknown {
  try {
    const key = keyring.keys.get(jwt.decode(token, { complete: true })?.header.kid ?? '');
    return key ? jwt.verify(token, key, { algorithms: ['HS256'], audience, clockTimestamp: now }) : null;
  } catch {
    return null;
  }
}
