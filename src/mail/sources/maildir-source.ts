import { createReadStream } from 'node:fs';
import { access, constants, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fail, ok, warn, type Finding } from './finding.ts';
import type { Source } from './source.ts';

/** Part of a Maildir file name before its flags: unique, and kept when flags change or the file moves from new to cur. */
const keyOf = (name: string) => name.split(':')[0] ?? name;

/**
 * A Maildir on this machine, as an MTA or fetchmail fills it. What is taken moves from `new` to `cur` with the flag S after it was
 * applied; nothing is deleted.
 */
export function maildirSource(dir: string): Source {
  const list = async (folder: 'new' | 'cur') =>
    (await readdir(join(dir, folder))).filter((name) => !name.startsWith('.'));

  async function locate(key: string): Promise<string | null> {
    for (const folder of ['new', 'cur'] as const) {
      const name = (await list(folder)).find((candidate) => keyOf(candidate) === key);
      if (name) return join(dir, folder, name);
    }
    return null;
  }

  return {
    async list() {
      const names = [...(await list('new')), ...(await list('cur'))];
      return { keys: [...new Set(names.map(keyOf))].sort(), cursor: {} };
    },
    async fetch(key): Promise<Readable | null> {
      const path = (await locate(key)) ?? (await locate(key)); // it may move from new to cur between the two looks
      if (!path) return null;
      await access(path);
      return createReadStream(path);
    },
    async acknowledge(keys) {
      const waiting = new Map((await list('new')).map((name) => [keyOf(name), name]));
      for (const key of keys) {
        const name = waiting.get(key);
        if (name) await rename(join(dir, 'new', name), join(dir, 'cur', `${key}:2,S`));
      }
    },
    async examine() {
      const found: Finding[] = [];
      for (const folder of ['new', 'cur'] as const) found.push(await examineFolder(join(dir, folder)));
      return found;
    },
  };
}

async function examineFolder(path: string): Promise<Finding> {
  const can = (mode: number) =>
    access(path, mode).then(
      () => true,
      () => false,
    );
  if (!(await can(constants.R_OK | constants.X_OK)))
    return fail('folder', `${path} cannot be read`, 'Correct MAILDIR (a folder with new, cur and tmp) or its rights');
  if (await can(constants.W_OK)) return ok('folder', `${path} can be read and written`);
  return warn(
    'folder',
    `${path} cannot be written: applied mail stays where it is`,
    'Give the desk write access to it',
  );
}
