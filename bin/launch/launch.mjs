import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { realpathSync } from 'node:fs';
import { check } from './check.mjs';
import { install } from './install.mjs';
import { findNode } from './node-binary.mjs';
import { buildPortal } from './portal.mjs';
import { Refusal, say } from './refusal.mjs';
import { run } from './run.mjs';
import { toolPath } from './tool.mjs';

const ROOT = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

/** Commands of this launcher; every other word is a command of src/main.ts. */
const COMMANDS = {
  run: ({ node }, [tool = '', ...args]) => runTool(node, tool, args),
  test: runTests,
  'test:system': ({ node }, args) => runTests({ node }, ['--project', 'system', '--project', 'alone', ...args]),
  check: ({ node }) => check(ROOT, node),
  build: async ({ node }) => {
    await buildPortal(ROOT, node);
    return 0;
  },
};

/**
 * Installs what is missing, finds a Node that can run the server, builds the portal where the command shows it, and
 * runs the command. Resolves to the exit code.
 */
export async function launch([command = 'start', ...args]) {
  try {
    refusePackedInstall();
    await install(ROOT);
    const node = findNode(ROOT);
    if (Object.hasOwn(COMMANDS, command)) return await COMMANDS[command]({ node }, args);
    const help = args.includes('--help') || args.includes('-h');
    if ((command === 'start' || command === 'web') && !help) await buildPortal(ROOT, node);
    return await run(node, [...nodeFlags(), join(ROOT, 'src', 'main.ts'), command, ...args], {
      env: nodeEnv(),
      watched: true,
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(error.message);
    return 1;
  }
}

/** Browsers are shown the portal as it is now. */
async function runTests({ node }, args) {
  await buildPortal(ROOT, node);
  return runTool(node, 'vitest', ['run', ...args]);
}

/** `node` is the very Node the server runs on; any other tool is one of node_modules/.bin. */
async function runTool(node, tool, args) {
  const script = tool === 'node' ? [] : [toolPath(ROOT, tool)];
  return run(node, [...nodeFlags(), ...script, ...args], { env: nodeEnv(), cwd: ROOT });
}

function nodeFlags() {
  return ['--disable-warning=ExperimentalWarning'];
}

/** Compiled code is kept between starts: stripping the types of 300 files takes a third of a second. */
function nodeEnv() {
  return { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(ROOT, '.cache', 'compile') };
}

function refusePackedInstall() {
  if (!/[\\/]node_modules[\\/]/.test(ROOT)) return;
  throw new Refusal(
    'SmartSupport runs from a checkout (git clone), not from node_modules: Node strips no types there.',
  );
}
