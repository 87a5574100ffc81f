import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const node = { environment: 'node', testTimeout: 20_000, hookTimeout: 60_000 } as const;
const postgres = { globalSetup: ['test/support/postgres.ts'] };

/** The projects of `npm test`; the fourth is `npm run test:system`. */
const everyday = [
  // Needs nothing but Node.
  {
    ...node,
    name: 'unit',
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.{process,desk,e2e,system}.test.ts', 'test/{bin,db}/**'],
  },
  // Real processes: launcher, embedded PostgreSQL, locks, parsers.
  {
    ...node,
    name: 'process',
    include: ['test/{bin,db}/**/*.test.ts', 'test/**/*.process.test.ts'],
    testTimeout: 60_000,
  },
  // Real PostgreSQL, SMTP and HTTP.
  { ...node, ...postgres, name: 'desk', include: ['test/**/*.desk.test.ts'] },
  // The browser.
  {
    ...node,
    globalSetup: ['test/support/chromium.ts'],
    name: 'e2e',
    include: ['test/**/*.e2e.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
];
const system = {
  ...node,
  ...postgres,
  name: 'system',
  include: ['test/**/*.system.test.ts'],
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

const asked = process.argv.some((argument) => argument.includes('system'));

/** What needs Debian packages or time (`system`) runs only when it is asked for. */
export default defineConfig({
  cacheDir: '.cache/vite',
  // As many as there are cores: by default one of two would idle.
  test: {
    maxWorkers: availableParallelism(),
    projects: (asked ? [...everyday, system] : everyday).map((test) => ({ test })),
  },
});
