import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeAccessToken, readAccessToken } from '../../src/people/access-token.ts';
import { deriveSecrets } from '../../src/secrets.ts';

const secret = () => randomBytes(32).toString('base64');
const bearer = { employeeId: 1, sessionId: 2, version: 3 };
const NOW = 1_800_000_000;

test('a token says who it speaks for, until it expires', () => {
  const { accessTokens } = deriveSecrets(`a:${secret()}`);
  const token = makeAccessToken(accessTokens, bearer, NOW);
  expect(readAccessToken(accessTokens, token, NOW)).toEqual(bearer);
  expect(readAccessToken(accessTokens, token, NOW + 599)).toEqual(bearer);
  expect(readAccessToken(accessTokens, token, NOW + 600)).toBeNull();
});

test('after a change of keys old tokens are still read, until their key is taken away', () => {
  const [old, fresh] = [`a:${secret()}`, `b:${secret()}`];
  const token = makeAccessToken(deriveSecrets(old).accessTokens, bearer, NOW);
  expect(readAccessToken(deriveSecrets(`${fresh},${old}`).accessTokens, token, NOW)).toEqual(bearer);
  expect(readAccessToken(deriveSecrets(fresh).accessTokens, token, NOW)).toBeNull();
  const newer = makeAccessToken(deriveSecrets(`${fresh},${old}`).accessTokens, bearer, NOW);
  expect(readAccessToken(deriveSecrets(fresh).accessTokens, newer, NOW)).toEqual(bearer);
});

test('no key serves two purposes', () => {
  const { accessTokens, frames, replyTokens, refresh } = deriveSecrets(`a:${secret()}`);
  const keys = [accessTokens, frames, replyTokens].map(({ keys: ring }) => ring.get('a')?.toString('hex'));
  expect(new Set([...keys, refresh.toString('hex')]).size).toBe(4);
});
