import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { start, temporaryFolder, type Program } from './processes.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** A small project with the real launcher in it and a program of a few lines as its src/main.ts. */
export interface Checkout {
  path: string;
  launch: (args: readonly string[], options?: { bin?: string; cwd?: string; env?: NodeJS.ProcessEnv }) => Program;
  write: (path: string, text: string) => Promise<void>;
  /** Gives it node_modules as npm would leave them, with links to the real packages named. */
  installed: (...packages: string[]) => Promise<void>;
}

/** Makes a checkout whose main.ts is `main`; it can import ./parent-watch.ts. Removed with the test. */
export async function newCheckout(main: string): Promise<Checkout> {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const path = folder.path;
  const write = async (name: string, text: string) => {
    await mkdir(join(path, name, '..'), { recursive: true });
    await writeFile(join(path, name), text);
  };
  await cp(join(ROOT, 'bin'), join(path, 'bin'), { recursive: true });
  await write('src/main.ts', main);
  await cp(join(ROOT, 'src', 'parent-watch.ts'), join(path, 'src', 'parent-watch.ts'));
  await write('package.json', JSON.stringify({ name: 'desk', version: '1.0.0', type: 'module' }));
  await write('package-lock.json', JSON.stringify({ name: 'desk', lockfileVersion: 3, packages: {} }));
  return {
    path,
    write,
    installed: async (...packages) => {
      await write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
      await mkdir(join(path, 'node_modules', '.bin'), { recursive: true });
      for (const name of packages) {
        await symlink(join(ROOT, 'node_modules', name), join(path, 'node_modules', name));
        await symlink(join(ROOT, 'node_modules', '.bin', name), join(path, 'node_modules', '.bin', name));
      }
    },
    launch: (args, { bin = 'launch.mjs', cwd = path, env = {} } = {}) => {
      const { npm_lifecycle_event: _, ...outside } = process.env;
      return start(process.execPath, [join(path, 'bin', bin), ...args], {
        cwd,
        detached: true,
        env: { ...outside, ...env },
      });
    },
  };
}
