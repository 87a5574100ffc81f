import { execFile } from 'node:child_process';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: { executablePath: string; env: Record<string, string> };
  }
}

const require = createRequire(import.meta.url);

/** Unpacks the Chromium of the npm package once, with the libraries and fonts a bare machine lacks. Nothing is installed. */
export default async function setup(project: TestProject): Promise<void> {
  const entry = require.resolve('@sparticuz/chromium');
  const { version } = require(join(entry, '..', '..', 'package.json')) as { version: string };
  const dir = resolve('.cache', `chromium-${version}`);
  if (!(await exists(join(dir, 'ready')))) await unpack(entry, dir);
  const fonts = join(dir, 'fonts.conf');
  project.provide('chromium', {
    executablePath: join(dir, 'chromium'),
    env: { LD_LIBRARY_PATH: join(dir, 'al2023', 'lib'), FONTCONFIG_FILE: fonts, HOME: dir },
  });
}

/** The package unpacks into TMPDIR and decides at import what it brings: so in a process of its own, into a folder beside. */
async function unpack(entry: string, dir: string): Promise<void> {
  const fresh = `${dir}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  const script = `const { default: chromium } = await import(${JSON.stringify(pathToFileURL(entry).href)}); await chromium.executablePath();`;
  const env = { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env });
  await writeFile(join(fresh, 'fonts.conf'), FONTS(dir));
  await writeFile(join(fresh, 'ready'), '');
  await rename(fresh, dir).catch(() => rm(fresh, { recursive: true, force: true })); // another run was faster
}

const FONTS = (dir: string) => `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${dir}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${dir}/font-cache</cachedir>
<alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias></fontconfig>`;

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
