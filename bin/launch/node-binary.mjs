import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from './refusal.mjs';

const NEEDED = 24;

/** The Node that runs the server: the one we run on when it is new enough, else the one that came with npm. */
export function findNode(root) {
  if (Number.parseInt(process.versions.node, 10) >= NEEDED) return process.execPath;
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const binary = join(root, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  throw new Refusal(
    `SmartSupport needs Node.js ${NEEDED} or newer; this is ${process.versions.node}, and npm has none for ` +
      `${process.platform}-${process.arch}. Install it from https://nodejs.org and try again.`,
  );
}
