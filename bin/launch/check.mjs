import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { collect } from './run.mjs';
import { toolPath } from './tool.mjs';

/** What `npm run check` does: everything about the code that needs no portal and no browser. */
const PARTS = [
  // The native compiler: four times as fast. svelte-check needs the API of the other one.
  ['types', 'typescript-native/bin/tsc', ['--noEmit', '-p', '.']],
  ['unit tests', 'vitest', ['run', '--project', 'unit']],
  ['lint', 'oxlint', []],
  ['lint of components', 'eslint', ['--cache', '--cache-location', '.cache/eslint/', 'web']],
  ['svelte', 'svelte-check', ['--tsconfig', 'web/tsconfig.json', '--threshold', 'warning', '--output', 'human']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.']],
];

/** Runs all parts, two at a time, prints each with its time, and what a failed one said. Resolves to the exit code. */
export async function check(root, node) {
  const waiting = [...PARTS];
  let failed = 0;
  const worker = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      failed += (await runPart(root, node, part)) ? 0 : 1;
    }
  };
  await Promise.all([worker(), worker()]);
  return failed === 0 ? 0 : 1;
}

async function runPart(root, node, [name, tool, args]) {
  const since = performance.now();
  const env = { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' };
  const { code, output } = await collect(node, [scriptOf(root, tool), ...args], { cwd: root, env });
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)}  ${seconds} s\n`);
  // How many tests passed is worth a line; everything else only when it failed.
  const counted = output.split('\n').filter((line) => /^\s*Tests\s/.test(stripVTControlCharacters(line)));
  if (code !== 0) process.stdout.write(`${output.trimEnd()}\n\n`);
  else if (counted.length > 0) process.stdout.write(`${counted.join('\n')}\n`);
  return code === 0;
}

/** A tool by its name, or by the path of its script where two packages have one of that name. */
const scriptOf = (root, tool) => (tool.includes('/') ? join(root, 'node_modules', tool) : toolPath(root, tool));
