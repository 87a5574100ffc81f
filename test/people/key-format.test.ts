import { expect, test } from 'vitest';
import { isKey, makeKey, readKey } from '../../src/people/key-format.ts';

test('a key begins with ssk_, is shown by its first 12 characters, and is read back as its hash', () => {
  const { key, prefix, hash } = makeKey();
  expect(key).toMatch(/^ssk_[\w-]{49}$/);
  expect(prefix).toBe(key.slice(0, 12));
  expect(readKey(key)).toBe(hash);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(Array.from({ length: 100 }, () => makeKey().key)).size).toBe(100);
});

test('a key that was mistyped, cut off or made longer is none, and needs no look into the database', () => {
  const { key } = makeKey();
  for (let at = 4; at < key.length; at++) {
    const other = key[at] === 'A' ? 'B' : 'A';
    expect(readKey(key.slice(0, at) + other + key.slice(at + 1))).toBeNull();
  }
  for (const wrong of [key.slice(0, -1), `${key}A`, key.toUpperCase(), ` ${key}`, 'ssk_', ''])
    expect(readKey(wrong)).toBeNull();
  expect(isKey(key.slice(0, -1))).toBe(true);
});
