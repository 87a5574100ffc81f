import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from './refusal.mjs';

/** The script behind `node_modules/.bin/<tool>`, which is a link, or on Windows a shell script that names it. */
export function toolPath(root, tool) {
  const bin = join(root, 'node_modules', '.bin', tool);
  try {
    if (!/^[\w.-]+$/.test(tool)) throw new Error('no name');
    if (process.platform !== 'win32') return realpathSync(bin);
    const named = /"\$basedir\/([^"]+\.[cm]?js)"/.exec(readFileSync(bin, 'utf8'));
    return join(root, 'node_modules', '.bin', named[1]);
  } catch {
    throw new Refusal(`There is no tool "${tool}" in node_modules. Run npm ci.`);
  }
}
