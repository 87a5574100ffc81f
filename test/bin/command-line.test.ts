import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

function smartsupport(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { PATH: process.env['PATH'], ...env } };
    execFile(process.execPath, ['bin/smartsupport.mjs', ...args], options, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

test('--help names every command, and each command explains itself', async () => {
  const { code, out } = await smartsupport(['--help']);
  expect(code).toBe(0);
  for (const name of ['start', 'web', 'worker', 'migrate', 'account', 'ingest', 'audit', 'doctor', 'import', 'parse']) {
    expect(out).toContain(`smartsupport ${name}`);
    expect((await smartsupport([name, '--help'])).out).toContain(`smartsupport ${name}`);
  }
});

test('a wrong use is told without a stack and ends with 2', async () => {
  for (const args of [
    ['nothing'],
    ['ingest'],
    ['start', 'more'],
    ['parse', '--wrong'],
    ['account'],
    ['audit'],
    ['web'],
  ]) {
    const { code, err } = await smartsupport(args);
    expect({ args, code, told: err.trim() !== '', stack: err.includes('    at ') }).toEqual({
      args,
      code: 2,
      told: true,
      stack: false,
    });
  }
});

test('half a configuration is refused with one line for each variable that is missing or wrong', async () => {
  const { code, err } = await smartsupport(['start'], {
    DATABASE_URL: 'postgres://app@127.0.0.1/desk',
    SECRET_KEYS: 'short',
  });
  expect(code).toBe(2);
  const lines = err.trim().split('\n').slice(1);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['PUBLIC_URL', 'SECRET_KEYS', 'SUPPORT_ADDRESS', 'SMTP_URL']);
  expect(err).not.toContain('short\n');
});

test('parse prints one JSON line a message and needs no database', async () => {
  const { code, out } = await smartsupport(['parse', 'test/mail/fixtures/new-request.eml']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    subject: 'There is a moth in the relay',
    from: { address: 'grace@navy.example' },
    autoReply: false,
  });
});
