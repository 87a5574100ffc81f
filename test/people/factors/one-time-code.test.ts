import { Secret } from 'otpauth';
import { expect, test } from 'vitest';
import { makeTotpSecret, stepOfCode, totpUri } from '../../../src/people/factors/totp/one-time-code.ts';

/** RFC 6238 appendix B, SHA-1: seconds, time step, and the last six of the eight digits, which are what six digits are (RFC 4226 §5.3). */
const VECTORS = [
  [59, 0x1, '287082'],
  [1111111109, 0x23523ec, '081804'],
  [1111111111, 0x23523ed, '050471'],
  [1234567890, 0x273ef07, '005924'],
  [2000000000, 0x3f940aa, '279037'],
  [20000000000, 0x27bc86aa, '353130'],
] as const;
const RFC_SECRET = Secret.fromLatin1('12345678901234567890').base32;
const at = (seconds: number) => new Date(seconds * 1000);
const NEVER = 0;

test.each(VECTORS)('RFC 6238: at %i s the time step is %i and the code %s', (seconds, step, code) => {
  expect(stepOfCode(RFC_SECRET, code, at(seconds), NEVER)).toBe(step);
});

test('a code is good in its own 30 seconds and in those before and after, and no longer', () => {
  const [, step, code] = VECTORS[3];
  const begin = step * 30;
  const good = (seconds: number) => stepOfCode(RFC_SECRET, code, at(seconds), NEVER) === step;
  expect([begin - 31, begin - 30, begin, begin + 29, begin + 59, begin + 60].map(good)).toEqual([
    ...[false, true, true, true, true, false],
  ]);
});

test('V20: a code is good once: neither it nor an earlier one is taken again', () => {
  const [seconds, step, code] = VECTORS[2];
  const [, , before] = VECTORS[1]; // of the step before
  expect(stepOfCode(RFC_SECRET, code, at(seconds), step - 1)).toBe(step);
  expect(stepOfCode(RFC_SECRET, code, at(seconds), step)).toBeNull();
  expect(stepOfCode(RFC_SECRET, before, at(seconds), step - 2)).toBe(step - 1);
  expect(stepOfCode(RFC_SECRET, before, at(seconds), step)).toBeNull();
});

test.each(['', '28708', '2870820', '94287082', '287083', 'abcdef'])('"%s" is no code of the moment', (code) => {
  expect(stepOfCode(RFC_SECRET, code, at(59), NEVER)).toBeNull();
});

test('a new secret has 160 bits, and its address names the desk and the person', () => {
  const secret = makeTotpSecret();
  expect(Secret.fromBase32(secret).bytes).toHaveLength(20);
  expect(makeTotpSecret()).not.toBe(secret);
  const uri = new URL(totpUri(secret, 'Maravia Help', 'ana@maravia.example'));
  expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
  expect(decodeURIComponent(uri.pathname)).toBe('/Maravia Help:ana@maravia.example');
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    ...{ issuer: 'Maravia Help', secret, algorithm: 'SHA1', digits: '6', period: '30' },
  });
});
