import { execFile } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** What a Dockerfile leaves: the folder of its last stage's WORKDIR, the environment it sets, and what it starts. */
export interface BuiltImage {
  path: string;
  env: Record<string, string>;
  entrypoint: string[];
}

/**
 * Does what a Dockerfile says, stage by stage, in folders below `dir` instead of an engine's layers: COPY and RUN in the WORKDIR. What it does
 * outside of that (folders and users of the system) it leaves out. It knows the few instructions that ours has, and throws at any other.
 */
export async function followDockerfile(dir: string): Promise<BuiltImage> {
  const stages = new Map<string, string>();
  const image: BuiltImage = { path: '', env: {}, entrypoint: [] };
  for (const [instruction, rest] of await instructions()) {
    switch (instruction) {
      case 'FROM': {
        const [base = '', , name = `stage-${stages.size}`] = rest.split(/\s+/);
        image.path = join(dir, name);
        await mkdir(image.path);
        const before = stages.get(base);
        if (before) await cp(before, image.path, { recursive: true });
        stages.set(name, image.path);
        break;
      }
      case 'COPY':
        await copy(rest, image.path, stages);
        break;
      case 'RUN':
        if (!rest.startsWith('mkdir')) await run('/bin/sh', ['-c', rest], { cwd: image.path, env: environment(dir) });
        break;
      case 'ENV':
        for (const pair of rest.split(/\s+/))
          image.env[pair.split('=', 1)[0] ?? ''] = pair.slice(pair.indexOf('=') + 1);
        break;
      case 'ENTRYPOINT':
        image.entrypoint = JSON.parse(rest) as string[];
        break;
      default:
        if (!['WORKDIR', 'USER', 'VOLUME', 'EXPOSE', 'CMD'].includes(instruction))
          throw new Error(`What is ${instruction}?`);
    }
  }
  return image;
}

async function instructions(): Promise<[string, string][]> {
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const lines = text.replace(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return [...lines.matchAll(/^([A-Z]+) (.+)$/gm)].map(([, instruction = '', rest = '']) => [instruction, rest]);
}

/** The last word is where to; with --from it is the path in another stage, below its WORKDIR /app. */
async function copy(rest: string, into: string, stages: Map<string, string>): Promise<void> {
  const [, from] = /^--from=(\S+) /.exec(rest) ?? [];
  const words = rest.replace(/^--\S+ /, '').split(/\s+/);
  const to = words.pop() ?? '';
  const source = from === undefined ? ROOT : stages.get(from);
  if (source === undefined) throw new Error(`There is no stage ${from}`);
  for (const word of words)
    await cp(
      join(source, word.replace(/^\/app\//, '')),
      join(into, to === './' ? basename(word) : to), // a folder is its contents
      { recursive: true },
    );
}

/** As an engine has it: nothing of the project that runs the tests, and a cache of its own, which the file may empty. */
function environment(dir: string): NodeJS.ProcessEnv {
  const outside = Object.entries(process.env).filter(([name]) => !/^(npm_(?!config)|NODE_ENV|VITEST)/.test(name));
  const node = join(process.execPath, '..');
  return {
    ...Object.fromEntries(outside),
    npm_config_cache: join(dir, 'npm'),
    PATH: `${node}:${process.env['PATH'] ?? ''}`,
  };
}
