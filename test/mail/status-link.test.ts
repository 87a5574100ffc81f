import { expect, test } from 'vitest';
import {
  hideStatusLinks,
  isGenuine,
  linkEnd,
  readStatusToken,
  statusToken,
  statusUrl,
} from '../../src/mail/status-link.ts';
import { deriveSecrets, sealBytes, unsealBytes } from '../../src/secrets.ts';
import { SECRET_KEYS } from '../support/desk.ts';

const { statusLinks, frames, sealing } = deriveSecrets(SECRET_KEYS);
const ana = { participantId: 418, address: 'ana@maravia.example', epoch: 0 };
const end = linkEnd(new Date('2026-11-28T10:00:00Z'), 30);
const token = statusToken(statusLinks, ana, end);

const genuine = (text: string, holder = ana, ring = statusLinks) => {
  const read = readStatusToken(text);
  return read !== null && isGenuine(ring, read, holder);
};

test('T06: a status link is good for one participant at one address, until its links are ended', () => {
  expect(readStatusToken(token)).toMatchObject({ participantId: 418, expires: new Date('2026-12-29T00:00:00Z') });
  expect(genuine(token)).toBe(true);
  expect(genuine(token, { ...ana, participantId: 419 })).toBe(false);
  expect(genuine(token, { ...ana, address: 'eve@maravia.example' })).toBe(false);
  expect(genuine(token, { ...ana, epoch: 1 })).toBe(false);
  expect(genuine(token, ana, frames)).toBe(false);
});

test('T06: no token with a single character changed is one, and what is none is never an error', () => {
  for (let at = 0; at < token.length; at++)
    for (const other of ['a', '7', '.', '-']) {
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      // The last character of 256 bits in base64url has two bits that say nothing.
      if (changed !== token && at < token.length - 1) expect(genuine(changed), changed).toBe(false);
    }
  for (const none of ['', ' ', '..', `${token} `, token.repeat(2), '__proto__'])
    expect(readStatusToken(none)).toBe(null);
});

test('V31: the token stands behind the #, which browsers keep to themselves', () => {
  for (const url of [statusUrl('https://help.example', token), statusUrl('https://help.example', token, 'yes')]) {
    expect(new URL(url).hash).toBe(`#${token}`);
    expect(url.replace(/#.*/, '')).not.toContain(token);
  }
});

test('who quotes our mail passes nobody their link', () => {
  const quoted = `> Yes:\n> ${statusUrl('https://help.example', token, 'yes')}\n> No: <${statusUrl('https://help.example', token, 'no')}>`;
  expect(hideStatusLinks(quoted)).toBe(
    '> Yes:\n> https://help.example/status?answer=yes#…\n> No: <https://help.example/status?answer=no#…>',
  );
  expect(hideStatusLinks('see /status#top and https://help.example/t/TX0418')).toContain('/status#top');
});

test('T33: sealed bytes open at their place only', () => {
  const sealed = sealBytes(sealing, Buffer.from('a mail'), 'outbound_message/1');
  expect(sealed.includes('a mail')).toBe(false);
  expect(unsealBytes(sealing, sealed, 'outbound_message/1').toString()).toBe('a mail');
  expect(() => unsealBytes(sealing, sealed, 'outbound_message/2')).toThrow();
});
