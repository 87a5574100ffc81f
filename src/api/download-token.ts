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

/** Null when it is forged or expired. `now` in seconds. */
export function readDownloadToken(keyring: Keyring, token: string, now: number): Download | null {
  try {
    const key = keyring.keys.get(jwt.decode(token, { complete: true })?.header.kid ?? '');
    if (!key) return null;
    const options = { algorithms: ['HS256' as const], audience: 'download', clockTimestamp: now };
    const { sub, ver, file } = claims.parse(jwt.verify(token, key, options));
    return { employeeId: Number(sub), version: ver, fileId: file };
  } catch {
    return null;
  }
}
