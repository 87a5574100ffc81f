import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULT_POINTS, faultPoint } from '../src/fault-point.ts';

const read = (pattern: string) => globSync(pattern).map((path) => readFileSync(path, 'utf8'));

test('every fault point stands somewhere in the code', () => {
  const sources = read('src/**/*.ts');
  const missing = FAULT_POINTS.filter((name) => !sources.some((source) => source.includes(`faultPoint('${name}')`)));
  expect(missing).toEqual([]);
});

test('every fault point has a test that kills the desk there', () => {
  const tests = read('test/faults/*.system.test.ts');
  const missing = FAULT_POINTS.filter((name) => !tests.some((source) => source.includes(`'${name}'`)));
  expect(missing).toEqual([]);
});

test('a fault point does nothing unless it is asked for', () => {
  for (const name of FAULT_POINTS) faultPoint(name);
});

/** Passes A1, A2, A2, A3, saying each, in a process of its own. */
function pass(FAULT?: string) {
  const module = JSON.stringify(new URL('../src/fault-point.ts', import.meta.url).href);
  const program = `import { writeSync } from 'node:fs';
    const { faultPoint } = await import(${module});
    for (const name of ['A1', 'A2', 'A2', 'A3']) { writeSync(1, name + ' '); faultPoint(name); }`;
  const env = { ...process.env, ...(FAULT && { FAULT }) };
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  const { stdout, signal } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return { passed: stdout.trim(), signal };
}

test.each([
  [undefined, { passed: 'A1 A2 A2 A3', signal: null }],
  ['A2', { passed: 'A1 A2', signal: 'SIGKILL' }],
  ['A2:2', { passed: 'A1 A2 A2', signal: 'SIGKILL' }],
  ['A2:3', { passed: 'A1 A2 A2 A3', signal: null }],
])('with FAULT=%s the process goes as far as it is told', (fault, expected) => {
  expect(pass(fault)).toEqual(expected);
});
