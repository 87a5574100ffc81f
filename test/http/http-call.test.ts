import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { originOf, readDestination } from '../../src/http/destinations.ts';
import { httpCall, HttpFailure, type HttpCall, type Lookup } from '../../src/http/http-call.ts';
import { isPublicAddress } from '../../src/http/public-address.ts';

const servers: Server[] = [];
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterAll(() => servers.forEach((server) => server.closeAllConnections() ?? server.close()));

let hits = 0;
let canary: string;
beforeAll(async () => {
  canary = await listen((_, response) => {
    hits += 1;
    response.end('a secret of the inner network');
  });
});

const call = (url: string, more: Partial<HttpCall> = {}) =>
  httpCall({ url, allowed: originOf(url), timeout: 2000, limit: 1000, ...more });
const troubleOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof HttpFailure ? error.trouble : String(error)),
  );
/** A name server that says this, and then the canary's address. */
const says = (...answers: string[][]): Lookup => {
  let asked = 0;
  return (_host, _options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    callback(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
};
const HOOKS = [{ host: 'hooks.example.com', below: false }];

const SPELLINGS = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '0177.0.0.1',
    '017700000001',
    '0.0.0.0',
    '0',
  ],
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::127.0.0.1]'],
  ...[
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd12:3456::1]',
    '[ff02::1]',
  ],
  ...[
    '169.254.169.254',
    '0xa9fea9fe',
    '[::ffff:169.254.169.254]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
  ],
  ...[
    '192.0.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '１２７.０.０.１',
    '127。0。0。1',
    'localhost',
    'LOCALHOST.',
  ],
  ...['metadata.google.internal', 'printer', 'user:pass@hooks.example.com', 'hooks.example.com@127.0.0.1'],
];

test('T25: forty spellings of inner hosts, by http and https, with and without a port, reach nothing', async () => {
  expect(SPELLINGS.length).toBeGreaterThanOrEqual(40);
  const { port } = new URL(canary);
  const lookup = says(['127.0.0.1'], ['::1'], ['169.254.169.254']);
  for (const host of SPELLINGS)
    for (const url of [`https://${host}/`, `http://${host}:${port}/`, `https://${host}:${port}/`])
      expect([
        url,
        await troubleOf(call(url, { allowed: [{ host: new URL(url).hostname, below: false }], lookup })),
      ]).toEqual([url, 'forbidden']);
  expect(hits).toBe(0);
});

test('T25: a name is refused for one inner address among public ones, and is not asked again after it was checked', async () => {
  const to = (lookup: Lookup) =>
    troubleOf(call('https://hooks.example.com/', { allowed: HOOKS, lookup, timeout: 300 }));
  expect(await to(says(['93.184.216.34', '127.0.0.1']))).toBe('forbidden');
  expect(await to(says(['2606:2800:220:1::1', '::ffff:127.0.0.1']))).toBe('forbidden');
  expect(await to(says([]))).toBe('forbidden');
  // Public for the check, the canary for whoever asks a second time: the connection goes to what was checked, and nobody answers there.
  expect(await to(says(['203.0.114.1'], ['127.0.0.1']))).not.toBe('answered');
  expect(hits).toBe(0);
});

test('T25: a redirect is an answer, and nobody goes where it points', async () => {
  const sends = await listen((_, response) => response.writeHead(302, { location: canary }).end());
  expect(await call(sends)).toMatchObject({ status: 302 });
  expect(hits).toBe(0);
});

test('T25: what is not on the list is not called: another port, scheme or host, names beside and below it', async () => {
  const allowed = ['hooks.example.com', '*.example.org', 'http://10.0.0.7:9000'].map((entry) => readDestination(entry));
  const known = allowed.filter((entry) => entry !== null);
  expect(known.length).toBe(3);
  for (const url of [
    ...[
      'http://hooks.example.com/',
      'https://hooks.example.com:8443/',
      'https://x.hooks.example.com/',
      'https://example.com/',
    ],
    ...[
      'https://example.org/',
      'https://evilexample.org/',
      'http://10.0.0.7/',
      'https://10.0.0.7:9000/',
      'http://10.0.0.8:9000/',
    ],
    ...['https://hooks.example.com.evil.test/', 'https://user@hooks.example.com/', canary],
  ])
    expect([url, await troubleOf(call(url, { allowed: known }))]).toEqual([url, 'forbidden']);
  for (const wrong of [
    'localhost',
    '10.0.0.7',
    '*',
    '*.',
    'http://a.example/path',
    'http://u:p@a.example',
    'ftp://a.example',
    '',
  ])
    expect([wrong, readDestination(wrong)]).toEqual([wrong, null]);
});

test('public addresses are let through', () => {
  for (const address of ['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
});

test('an answer is bounded in size and time, however slowly it comes, and one that is cut off is none', async () => {
  const server = await listen((request, response) => {
    if (request.url === '/large') response.end('x'.repeat(1001));
    else if (request.url === '/fits') response.end('x'.repeat(1000));
    else if (request.url === '/slow') {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    } else if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '500' }).write('x');
      setImmediate(() => response.destroy());
    }
  });
  expect((await call(`${server}/fits`)).body.length).toBe(1000);
  expect(await troubleOf(call(`${server}/large`))).toBe('too_large');
  expect(await troubleOf(call(`${server}/slow`, { timeout: 200 }))).toBe('timeout');
  expect(await troubleOf(call(`${server}/silent`, { timeout: 200 }))).toBe('timeout');
  expect(await troubleOf(call(`${server}/cut`))).toBe('unreachable');
  expect(await troubleOf(call('http://127.0.0.1:1/'))).toBe('unreachable');
});
