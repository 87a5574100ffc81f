import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newCheckout } from '../support/checkout.ts';
import { eventually, isAlive, start, temporaryFolder } from '../support/processes.ts';

const ECHO =
  'console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), node: process.versions.node }));';
/** Runs until the launcher is gone or a signal comes, says which, and takes a moment to end, in which more may come. */
const SERVER = `
import { watchParent } from './parent-watch.ts';
const end = (why: string) => { console.log('end by ' + why); setTimeout(() => clearInterval(timer), 200); process.exitCode = 3; };
const timer = setInterval(() => {}, 1000);
watchParent(() => end('launcher'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(signal));
console.log('serving ' + process.pid);
`;

describe('a command of the program', () => {
  test('gets its arguments, the folder of its caller and a Node that can run it', async () => {
    const desk = await newCheckout(ECHO);
    await desk.installed();
    const elsewhere = await temporaryFolder();
    onTestFinished(elsewhere.remove);
    await symlink(join(desk.path, 'bin', 'smartsupport.mjs'), join(elsewhere.path, 'smartsupport'));

    const program = start(process.execPath, ['smartsupport', 'ingest', 'a b.eml', '-'], { cwd: elsewhere.path });
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(program.output())).toMatchObject({ args: ['ingest', 'a b.eml', '-'], cwd: elsewhere.path });
  });

  test('ends the launcher with its own exit code and prints nothing else', async () => {
    const desk = await newCheckout('process.exitCode = 7;');
    await desk.installed();
    const program = desk.launch(['parse']);

    expect(await program.ended).toMatchObject({ code: 7 });
    expect(program.output()).toBe('');
  });

  test('without any, the command line shows its help', async () => {
    const desk = await newCheckout(ECHO);
    await desk.installed();
    const program = desk.launch([], { bin: 'smartsupport.mjs' });

    await program.ended;
    expect(JSON.parse(program.output())).toMatchObject({ args: ['--help'] });
  });

  test('a tool that is not there is said in one line', async () => {
    const desk = await newCheckout(ECHO);
    await desk.installed();
    const program = desk.launch(['run', 'nonsense']);

    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.output()).toBe('There is no tool "nonsense" in node_modules. Run npm ci.\n');
  });
});

describe('the end', () => {
  const serve = async () => {
    const desk = await newCheckout(SERVER);
    await desk.installed();
    const program = desk.launch(['serve']);
    return { desk, program, server: Number((await program.prints(/serving (\d+)/))[1]) };
  };

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s to the launcher reaches the program once', async (signal) => {
    const { program } = await serve();
    program.child.kill(signal);
    await program.prints(/end by/);
    program.child.kill(signal);

    expect(await program.ended).toMatchObject({ code: 3 });
    expect(program.output().match(/end by .*/g)).toEqual([`end by ${signal}`]);
  });

  test('kill -9 of the launcher is told to the program at once', async () => {
    const { program, server } = await serve();
    program.child.kill('SIGKILL');

    await program.prints(/end by launcher/);
    await eventually('the program to end', () => !isAlive(server), 1_000);
  });

  test('a program killed by a signal gives the exit code of that signal', async () => {
    const { program, server } = await serve();
    process.kill(server, 'SIGKILL');

    expect(await program.ended).toMatchObject({ code: 137 });
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('%s to npm alone ends the program', async (signal) => {
    const desk = await newCheckout(SERVER);
    await desk.installed();
    const scripts = { start: 'node bin/launch.mjs serve && true' };
    await desk.write('package.json', JSON.stringify({ name: 'desk', version: '1.0.0', type: 'module', scripts }));
    const { npm_lifecycle_event: _, ...env } = process.env;
    const npm = start('npm', ['start'], { cwd: desk.path, env, detached: true });
    const server = Number((await npm.prints(/serving (\d+)/))[1]);
    npm.child.kill(signal);

    await npm.prints(/end by SIGTERM/);
    await eventually('the program to end', () => !isAlive(server), 3_000);
  });
});

describe('installing', () => {
  const withPackage = async () => {
    const desk = await newCheckout("import { word } from 'tiny'; console.log('the word is ' + word);");
    await desk.write(
      'tiny/package.json',
      JSON.stringify({ name: 'tiny', version: '1.0.0', type: 'module', main: 'main.js' }),
    );
    await desk.write('tiny/main.js', "export const word = 'hello';");
    const own = { name: 'desk', version: '1.0.0', type: 'module', dependencies: { tiny: 'file:tiny' } };
    await desk.write('package.json', JSON.stringify(own));
    const packages = {
      '': { name: 'desk', version: '1.0.0', dependencies: { tiny: 'file:tiny' } },
      'node_modules/tiny': { resolved: 'tiny', link: true },
      tiny: { version: '1.0.0' },
    };
    await desk.write(
      'package-lock.json',
      JSON.stringify({ name: 'desk', version: '1.0.0', lockfileVersion: 3, packages }),
    );
    return desk;
  };

  test('happens at the first start, not at the second, and once for two at the same time', async () => {
    const desk = await withPackage();
    const both = [desk.launch(['go']), desk.launch(['go'])];
    for (const program of both) {
      expect(await program.ended).toMatchObject({ code: 0 });
      expect(program.output()).toContain('the word is hello');
    }
    const said = both.map((program) => program.output()).join('');
    expect(said.match(/Installing packages/g)).toHaveLength(1);

    const third = desk.launch(['go']);
    await third.ended;
    expect(third.output()).toBe('the word is hello\n');
  });

  test('happens again when the lock file has changed or an install was cut off', async () => {
    const desk = await withPackage();
    await desk.installed();
    expect(await desk.launch(['go']).ended).toMatchObject({ code: 0 });
    expect(existsSync(join(desk.path, 'node_modules', 'tiny'))).toBe(true);

    await writeFile(join(desk.path, 'node_modules', '.package-lock.json'), '{"packages":');
    const program = desk.launch(['go']);
    await program.ended;
    expect(program.output()).toMatch(/the last install is incomplete[\s\S]*the word is hello/);
  });

  test('that fails shows all that npm said, with a hint', async () => {
    const desk = await withPackage();
    await desk.write(
      'package.json',
      JSON.stringify({ name: 'desk', version: '1.0.0', dependencies: { other: 'file:tiny' } }),
    );
    const program = desk.launch(['go']);

    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.output()).toMatch(
      /npm error[\s\S]*npm ci failed \(1\)\. package-lock\.json does not fit package\.json/,
    );
    expect(program.output()).not.toContain('    at ');
  });

  test('a lock that a killed launcher left behind is taken over', async () => {
    const desk = await withPackage();
    await mkdir(join(desk.path, '.cache'));
    await writeFile(join(desk.path, '.cache', 'launch.lock'), '4194300');

    const program = desk.launch(['go']);
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(existsSync(join(desk.path, '.cache', 'launch.lock'))).toBe(false);
  });

  test('development packages that a production install rightly lacks are not asked for', async () => {
    const desk = await newCheckout(ECHO);
    await desk.installed();
    const packages = {
      'node_modules/lint': { version: '1.0.0', dev: true },
      'node_modules/mac': { version: '1.0.0', optional: true },
    };
    await desk.write('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }));

    const program = desk.launch(['go']);
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(program.output()).not.toContain('Installing');
  });
});

describe('building the portal', () => {
  const withPortal = async () => {
    const desk = await newCheckout(ECHO);
    await desk.installed('vite');
    await desk.write('vite.config.ts', "export default { root: 'web' };");
    await desk.write('web/index.html', '<!doctype html><title>one</title>');
    return desk;
  };
  const page = (path: string) => readFile(join(path, 'dist', 'web', 'index.html'), 'utf8');

  test('happens when its sources have changed, and only then', async () => {
    const desk = await withPortal();
    const first = desk.launch(['start']);
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(first.output()).toContain('Building the portal');
    expect(await page(desk.path)).toContain('one');

    await desk.write('web/index.html', '<!doctype html><title>one</title>');
    const touched = desk.launch(['start']);
    await touched.ended;
    expect(touched.output()).not.toContain('Building');

    await desk.write('web/index.html', '<!doctype html><title>two</title>');
    expect(await desk.launch(['web']).ended).toMatchObject({ code: 0 });
    expect(await page(desk.path)).toContain('two');
  });

  test('that fails shows why and leaves the last one', async () => {
    const desk = await withPortal();
    await desk.launch(['start']).ended;
    await desk.write('web/index.html', '<script type="module" src="./gone.js"></script>');

    const program = desk.launch(['start']);
    expect(await program.ended).toMatchObject({ code: 1 });
    expect(program.output()).toMatch(/gone\.js[\s\S]*The portal could not be built/);
    expect(await page(desk.path)).toContain('one');
  });

  test('is not done for commands that show no portal', async () => {
    const desk = await withPortal();
    const program = desk.launch(['worker']);
    await program.ended;
    expect(program.output()).not.toContain('Building');
  });
});
