import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './file-lock.mjs';
import { Refusal, say } from './refusal.mjs';
import { collect } from './run.mjs';
import { toolPath } from './tool.mjs';

const SOURCES = [
  'web',
  'src/contract',
  'src/tickets/lifecycle.ts',
  'vite.config.ts',
  'svelte.config.js',
  'package-lock.json',
];

/**
 * Builds the portal into dist/web when its sources are not those of the last build. Beside, then renamed: who serves
 * or reads dist/web never sees half of it. Without vite.config.ts (an image with the portal built) there is nothing to do.
 */
export async function buildPortal(root, node) {
  if (!existsSync(join(root, 'vite.config.ts')) || isBuilt(root)) return;
  const dist = join(root, 'dist');
  if (!mayBuild(root)) {
    if (!existsSync(join(dist, 'web', 'index.html'))) {
      throw new Refusal(
        `The portal must be built, but you may not write to ${root}. Run npm run build there as its owner.`,
      );
    }
    return say(`Not building the portal although its sources have changed: ${root} is not writable.`);
  }
  await withLock(root, async () => {
    if (isBuilt(root)) return;
    say('Building the portal …');
    const sources = fingerprints(root);
    const fresh = join(dist, `web-new-${process.pid}`);
    clearLeftovers(dist);
    const args = [toolPath(root, 'vite'), 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'];
    const { code, output } = await collect(node, args, { cwd: root });
    if (code !== 0) throw new Refusal(`${output.trim()}\n\nThe portal could not be built (${code}).`);
    swap(dist, fresh);
    remember(root, sources);
  });
}

/** By path, size and time first; only when these differ (a new clone, a touched file) by content. */
function isBuilt(root) {
  if (!existsSync(join(root, 'dist', 'web', 'index.html'))) return false;
  const last = readState(root);
  if (last === null) return false;
  const now = fingerprints(root);
  if (last.times === now.times) return true;
  if (last.content !== now.content()) return false;
  remember(root, now);
  return true;
}

function fingerprints(root) {
  const files = SOURCES.flatMap((path) => filesBelow(root, path)).sort();
  const stats = files.map((path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    return `${path} ${size} ${mtimeMs}`;
  });
  const times = createHash('sha256').update(stats.join('\n')).digest('hex');
  const content = () => {
    const hash = createHash('sha256');
    for (const path of files) {
      const bytes = readFileSync(join(root, path));
      hash.update(`${path} ${bytes.length}\n`).update(bytes);
    }
    return hash.digest('hex');
  };
  return { times, content };
}

function filesBelow(root, path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const names = readdirSync(join(root, path)).filter((name) => name !== 'node_modules' && !name.startsWith('.'));
  return names.flatMap((name) => filesBelow(root, `${path}/${name}`));
}

const statePath = (root) => join(root, 'dist', 'web.json');

function readState(root) {
  try {
    return JSON.parse(readFileSync(statePath(root), 'utf8'));
  } catch {
    return null;
  }
}

function remember(root, { times, content }) {
  try {
    writeFileSync(`${statePath(root)}.${process.pid}`, JSON.stringify({ times, content: content() }));
    renameSync(`${statePath(root)}.${process.pid}`, statePath(root));
  } catch {
    // Not ours to write: the next start compares the content again.
  }
}

function mayBuild(root) {
  try {
    accessSync(root, constants.W_OK);
    mkdirSync(join(root, 'dist'), { recursive: true });
    accessSync(join(root, 'dist'), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function clearLeftovers(dist) {
  const left = readdirSync(dist).filter((name) => /^web-(new|old)-/.test(name));
  for (const name of left) rmSync(join(dist, name), { recursive: true, force: true });
}

function swap(dist, fresh) {
  const web = join(dist, 'web');
  const old = join(dist, `web-old-${process.pid}`);
  if (existsSync(web)) renameSync(web, old);
  renameSync(fresh, web);
  rmSync(old, { recursive: true, force: true });
}
