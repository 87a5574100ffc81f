import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isDead, newHolder } from '../../../src/mail/inbound/lease-holder.ts';

const replaced = (holder: string, at: number, value: string) => holder.split('|').with(at, value).join('|');

test('this process is alive, and every holder is another', () => {
  expect(isDead(newHolder())).toBe(false);
  expect(newHolder()).not.toBe(newHolder());
});

test('a process that was killed is dead, and was not before', async () => {
  const module = JSON.stringify(new URL('../../../src/mail/inbound/lease-holder.ts', import.meta.url).href);
  const program = `const { newHolder } = await import(${module}); process.stdout.write(newHolder()); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '--eval',
    program,
  ]);
  const [holder] = (await once(child.stdout, 'data')) as [Buffer];
  expect(isDead(String(holder))).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isDead(String(holder))).toBe(true);
});

test('another process with the same number is not it', () => {
  expect(isDead(replaced(newHolder(), 3, '1'))).toBe(true);
});

test('of a process elsewhere nothing is known', () => {
  const gone = replaced(newHolder(), 3, '1');
  expect(isDead(replaced(gone, 0, 'another-machine'))).toBe(false);
  expect(isDead(replaced(gone, 1, 'pid:[1]'))).toBe(false);
  expect(isDead(replaced(gone, 3, ''))).toBe(false);
  expect(isDead('')).toBe(false);
});
