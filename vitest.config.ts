import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const node = { environment: 'node', testTimeout: 60_000, hookTimeout: 120_000 } as const;
/** Files share a process, and with it the modules it has loaded: half the time of most of them. */
const shared = { isolate: false } as const;
const postgres = { globalSetup: ['test/support/postgres.ts'] };

/** The projects of `npm test`; `npm run test:system` has two more. */
const everyday = [
  // Needs nothing but Node.
  {
    ...node,
    ...shared,
    name: 'unit',
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.{process,desk,e2e,system}.test.ts', 'test/{bin,db}/**'],
  },
  // Real processes: launcher, embedded PostgreSQL, locks, parsers.
  {
    ...node,
    name: 'process',
    include: ['test/{bin,db}/**/*.test.ts', 'test/**/*.process.test.ts'],
  },
  // Real PostgreSQL, SMTP and HTTP.
  { ...node, ...shared, ...postgres, name: 'desk', include: ['test/**/*.desk.test.ts'] },
  // The browser.
  {
    ...node,
    globalSetup: ['test/support/chromium.ts'],
    name: 'e2e',
    include: ['test/**/*.e2e.test.ts'],
  },
];
const long = {
  ...node,
  globalSetup: [...postgres.globalSetup, 'test/support/chromium.ts'],
  testTimeout: 600_000,
  hookTimeout: 600_000,
};
/** What measures times and memory, or fills a machine by itself, runs after the others and with nothing beside it. */
const ALONE =
  'test/{system/{memory,sign-in-times,full-disk,image,newcomer},faults/{random-kills*,kill-everything},e2e/live,integrations/workflow}.system.test.ts';
const system = [
  {
    ...long,
    name: 'system',
    include: ['test/**/*.system.test.ts'],
    exclude: [ALONE],
    sequence: { groupOrder: 1 },
    maxWorkers: availableParallelism(),
  },
  { ...long, name: 'alone', include: [ALONE], sequence: { groupOrder: 2 }, maxWorkers: 1 },
];

const asked = process.argv.some((argument) => argument.includes('system') || argument.includes('alone'));

/** What needs Debian packages or time (`system`) runs only when it is asked for. */
export default defineConfig({
  cacheDir: '.cache/vite',
  test: {
    // As many as there are cores: by default one of two would idle.
    maxWorkers: availableParallelism(),
    projects: (asked ? [...everyday, ...system] : everyday).map((test) => ({ test })),
  },
});
