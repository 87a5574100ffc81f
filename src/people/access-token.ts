import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Keyring } from '../secrets.ts';

/** Seconds an access token is good for; sign-out and disabling work at once, as each request checks the session. */
export const ACCESS_SECONDS = 600;

const ISSUER = 'smartsupport';
const claims = z.object({ sub: z.string().regex(/^\d{1,15}$/), sid: z.int(), ver: z.int() });

/** Who a token speaks for: the employee, their session, and the version of the account it was made for. */
export interface Bearer {
  employeeId: number;
  sessionId: number;
  version: number;
}

/** A JWT (RFC 7519) with everything pinned: algorithm, key id, issuer, audience, type, expiry. `now` in seconds. */
export function makeAccessToken(keyring: Keyring, bearer: Bearer, now: number): string {
  return jwt.sign(
    { sub: String(bearer.employeeId), sid: bearer.sessionId, ver: bearer.version, iat: now, exp: now + ACCESS_SECONDS },
    key(keyring, keyring.current),
    {
      algorithm: 'HS256',
      issuer: ISSUER,
      audience: 'api',
      keyid: keyring.current,
      header: { alg: 'HS256', typ: 'at+jwt' },
    },
  );
}

/** The bearer of a token, or null for anything that is not exactly what `makeAccessToken` makes. */
export function readAccessToken(keyring: Keyring, token: string, now: number): Bearer | null {
  try {
    const kid = jwt.decode(token, { complete: true })?.header.kid ?? '';
    const { header, payload } = jwt.verify(token, key(keyring, kid), {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: 'api',
      clockTimestamp: now,
      complete: true,
    });
    if (header.typ !== 'at+jwt' || typeof payload === 'string' || typeof payload.exp !== 'number') return null;
    const { sub, sid, ver } = claims.parse(payload);
    return { employeeId: Number(sub), sessionId: sid, version: ver };
  } catch {
    return null; // every way of being wrong has the same answer: 401
  }
}

function key(keyring: Keyring, kid: string): Buffer {
  const found = keyring.keys.get(kid);
  if (!found) throw new Error('unknown key');
  return found;
}
