import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULT_POINTS, faultPoint } from '../src/fault-point.ts';

const sources = globSync('src/**/*.ts').map((path) => readFileSync(path, 'utf8'));

test('every fault point stands somewhere in the code', () => {
  const missing = FAULT_POINTS.filter((name) => !sources.some((source) => source.includes(`faultPoint('${name}')`)));
  expect(missing).toEqual([]);
});

test('a fault point does nothing unless it is asked for', () => {
  for (const name of FAULT_POINTS) faultPoint(name);
});
