import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, VARIABLES } from '../../src/config.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', name), 'utf8');
const compose = read('docker-compose.yml');
const dockerfile = read('Dockerfile');

/** The lines of one block of the file, without those of its neighbours. */
function block(name: string, indent = ''): string {
  const lines = compose.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`${indent}${name}:`));
  expect(from, name).toBeGreaterThanOrEqual(0);
  const length = lines.slice(from + 1).findIndex((line) => line !== '' && !line.startsWith(`${indent}  `));
  return lines.slice(from, length < 0 ? undefined : from + 1 + length).join('\n');
}
const keysOf = (text: string) => [...text.matchAll(/^ +([A-Z][A-Z_]+):/gm)].map(([, key = '']) => key);

test('migrate, web and worker are one image, built once, and wait for each other', () => {
  for (const name of ['migrate', 'web', 'worker']) {
    const service = block(name, '  ');
    expect(service).toContain('<<: *desk');
    expect(service).toContain(`command: [${name}]`);
    expect(service).not.toMatch(/^ +image:/m);
  }
  expect(compose.match(/^ +build:/gm)).toHaveLength(1);
  expect(block('migrate', '  ')).toContain('postgres: { condition: service_healthy }');
  for (const name of ['web', 'worker']) {
    expect(block(name, '  ')).toContain('migrate: { condition: service_completed_successfully }');
  }
});

test('every variable that compose and image set is one that the program reads', () => {
  const set = [...keysOf(block('x-settings')), ...keysOf(block('migrate', '  ')), ...keysOf(block('web', '  '))];
  const inImage = [...dockerfile.matchAll(/(?:^ENV|^ {4}) ?([A-Z_]+)=/gm)].map(([, key = '']) => key);

  expect(set).toContain('DATABASE_OWNER_URL');
  expect(inImage).toContain('DATA_DIR');
  const known = [...VARIABLES, 'NODE_ENV', 'NODE_COMPILE_CACHE'];
  expect([...set, ...inImage].filter((key) => !known.includes(key))).toEqual([]);
});

test('only migrate is given the password of the owner', () => {
  for (const name of ['web', 'worker']) expect(block(name, '  ')).not.toContain('OWNER_PASSWORD');
  expect(block('x-settings')).not.toContain('OWNER_PASSWORD');
});

test('what has no default is required, and nothing secret has one', () => {
  const used = [...compose.matchAll(/(?<!\$)\$\{([A-Z_]+)(:[?-][^}]*)?\}/g)];
  expect(used.length).toBeGreaterThan(10);
  for (const [whole, name = '', rest = ''] of used) {
    expect(rest, whole).toMatch(/^:[?-]/);
    if (/PASSWORD|SECRET|_URL$/.test(name)) expect(rest, whole).toMatch(/^:\?|^:-$/); // an optional one is empty
  }
});

test('with the values that its head describes, the settings are a whole production configuration', () => {
  const env: Record<string, string> = {
    PUBLIC_URL: 'https://help.example.com',
    SUPPORT_ADDRESS: 'support@help.example.com',
    SMTP_URL: 'smtps://user:password@smtp.example.com:465',
    SECRET_KEYS: `a:${Buffer.alloc(32, 7).toString('base64')}`,
    APP_PASSWORD: 'a1b2',
  };
  const settings = [...block('x-settings').matchAll(/^ {2}([A-Z_]+): (.*)$/gm)].map(([, key = '', value = '']) => [
    key,
    value.replaceAll(/\$\{([A-Z_]+)[^}]*\}/g, (_, name: string) => env[name] ?? ''),
  ]);

  expect(readConfig(Object.fromEntries(settings) as NodeJS.ProcessEnv)).toMatchObject({
    mode: 'production',
    databaseUrl: 'postgres://smartsupport_app:a1b2@postgres:5432/smartsupport',
    publicUrl: 'https://help.example.com',
  });
});

test('the container of the system tests has the Debian packages that a run of everything installs', () => {
  const wanted = /^debian_packages=\(([^)]*)\)/m.exec(read('.ci/run'))?.[1];
  const installed = /--no-install-recommends ([a-z0-9 -]+?) &&/.exec(read('test/docker-compose.yml'))?.[1];
  expect(wanted).toContain('dovecot-imapd');
  expect(installed).toBe(wanted);
});
