import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../src/people/password.ts';

test('V27: passwords are hashed by argon2id with 46 MiB, one pass and one lane at least, 128 random bits of salt and 256 of tag', async () => {
  const [, kind, version, cost = '', salt = '', tag = ''] = (await hashPassword('correct horse')).split('$');
  const { m, t, p } = Object.fromEntries(cost.split(',').map((part) => part.split('='))) as Record<string, string>;
  expect([kind, version]).toEqual(['argon2id', 'v=19']);
  expect(Number(m)).toBeGreaterThanOrEqual(47_104);
  expect([Number(t) >= 1, Number(p) >= 1]).toEqual([true, true]);
  expect([Buffer.from(salt, 'base64').length, Buffer.from(tag, 'base64').length]).toEqual([16, 32]);
});

test('a hash says how it was made, and no two of the same password are alike', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
});

test.each([
  'x',
  'correct horse battery staple',
  'pässwörd €',
  '  spaces  ',
  '🔑'.repeat(64),
  'a\u0000b',
  'y'.repeat(1024),
])('V16: the exact characters of %j count, all of them', async (password) => {
  expect(await verifyPassword(await hashPassword(password), password)).toBe(true);
  const hash = await cheapHash(password);
  expect(await verifyPassword(hash, password)).toBe(true);
  for (const other of [`${password} `, password.slice(0, -1), password.toUpperCase() + 'x', ''])
    if (other !== password) expect(await verifyPassword(hash, other)).toBe(false);
});

test('a hash made with another cost is verified with its own', async () => {
  // Reference implementation of argon2, -id -t 2 -k 1024 -p 1 -l 24, salt "somesalt".
  const hash = await cheapHash('password');
  expect(await verifyPassword(hash, 'password')).toBe(true);
  expect(await verifyPassword(hash, 'passwore')).toBe(false);
});

test('T32: without a hash the answer is no, and takes as long', async () => {
  const hash = await hashPassword('known');
  /** Of the processor, which other work on the machine does not lengthen. */
  const time = async (of: string | null) => {
    const started = process.cpuUsage();
    expect(await verifyPassword(of, 'guess')).toBe(false);
    const { user, system } = process.cpuUsage(started);
    return user + system;
  };
  const fastest = async (of: string | null) => Math.min(await time(of), await time(of), await time(of), await time(of));
  const [unknown, known] = [await fastest(null), await fastest(hash)];
  expect(unknown).toBeGreaterThan(known / 3);
  expect(unknown).toBeLessThan(known * 3);
});

async function cheapHash(password: string): Promise<string> {
  const { argon2Sync } = await import('node:crypto');
  const nonce = Buffer.from('somesalt');
  const tag = argon2Sync('argon2id', {
    message: password,
    nonce,
    memory: 1024,
    passes: 2,
    parallelism: 1,
    tagLength: 24,
  });
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=1024,t=2,p=1$${base64(nonce)}$${base64(tag)}`;
}
