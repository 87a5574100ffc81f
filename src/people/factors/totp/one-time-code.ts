import { Secret, TOTP } from 'otpauth';

/** Seconds a code is shown. */
const PERIOD = 30;

/** 160 random bits in base32, as authenticator apps want them (RFC 4226 §4, requirement 6). */
export function makeTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What an authenticator app reads from a QR code. */
export function totpUri(secret: string, issuer: string, label: string): string {
  return new TOTP({ secret, issuer, label, period: PERIOD, digits: 6, algorithm: 'SHA1' }).toString();
}

/**
 * The time step that a code of six digits belongs to: the one of `now` or a neighbour (RFC 6238 §5.2), the newest first. Null: none after
 * `lastStep`, so that a code is good once.
 */
export function stepOfCode(secret: string, code: string, now: Date, lastStep: number): number | null {
  const at = TOTP.counter({ period: PERIOD, timestamp: now.getTime() });
  const key = Secret.fromBase32(secret);
  for (const step of [at + 1, at, at - 1]) {
    const timestamp = step * PERIOD * 1000;
    if (step > lastStep && TOTP.validate({ secret: key, token: code, timestamp, window: 0, period: PERIOD }) !== null)
      return step;
  }
  return null;
}
