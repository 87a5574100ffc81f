import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { localBlobStore, type BlobStore } from '../../../../src/files/blob-store.ts';
import { silent } from '../../../../src/log.ts';
import { createParserPool, type ParserPool } from '../../../../src/mail/inbound/parse/parser-pool.ts';
import { BOMBS } from './bombs.ts';
import { htmlMail, plainMail } from './support.ts';

const GOOD = plainMail('The printer on the third floor is out of toner.\n');
const options = { authenticate: false };
let blobDir: string;
let blobs: BlobStore;
let good: string;

beforeAll(async () => {
  blobDir = await mkdtemp(join(tmpdir(), 'smartsupport-test-'));
  blobs = await localBlobStore(blobDir);
  good = await put(GOOD);
});
afterAll(() => rm(blobDir, { recursive: true, force: true }));

const put = async (raw: string) => (await blobs.put(Buffer.from(raw))).sha256;

async function withPool<T>(use: (pool: ParserPool) => Promise<T>, limits = {}, size = 1): Promise<T> {
  const pool = createParserPool({ blobDir, size, limits, log: silent });
  try {
    return await use(pool);
  } finally {
    await pool.stop();
  }
}

/** Outcome of a message, and how long a good one sent right behind it waits. */
async function outcomeAndNext(pool: ParserPool, sha256: string) {
  const first = pool.parse(sha256, options);
  const started = performance.now();
  const next = await pool.parse(good, options);
  const waited = performance.now() - started;
  const result = await first;
  return { outcome: result.ok ? 'ok' : result.failure.code, nextOk: next.ok, waited };
}

describe('a bomb has a clear outcome and the next message is parsed within five seconds (T20, T22)', () => {
  let pool: ParserPool;
  beforeAll(() => void (pool = createParserPool({ blobDir, size: 1, log: silent })));
  afterAll(() => pool.stop());

  test.each(BOMBS)('$name: $outcome', async ({ raw, outcome }) => {
    const found = await outcomeAndNext(pool, await put(raw()));
    expect(found).toMatchObject({ outcome, nextOk: true });
    expect(found.waited).toBeLessThan(5000);
  });
});

/** The most CPU time, in milliseconds, that this thread uses at a stretch while something runs. */
async function longestStretch(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = process.threadCpuUsage();
  // Processor time, for that of the clock is also what others on the machine take.
  const look = () => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
    last = process.threadCpuUsage();
  };
  const timer = setInterval(look, 1);
  try {
    await run();
    look();
  } finally {
    clearInterval(timer);
  }
  return longest;
}

test('T20: the main loop is never held up for 200 ms while bombs are parsed', async () => {
  const hashes = await Promise.all(BOMBS.map(({ raw }) => put(raw())));
  const longest = await withPool(
    (pool) => longestStretch(() => Promise.all(hashes.map((sha256) => pool.parse(sha256, options)))),
    {},
    2,
  );
  expect(longest).toBeLessThan(200);
});

test('attachments are written into the blob folder by the child', async () => {
  const raw = plainMail('x').replace('text/plain; charset=utf-8', 'application/pdf; name="plan.pdf"');
  const sha256 = await put(raw);
  const result = await withPool((pool) => pool.parse(sha256, options));
  const [file] = result.ok ? result.mail.attachments : [];
  expect(file).toMatchObject({ filename: 'plan.pdf', size: 1 });
  expect(await blobs.read(file?.sha256 ?? '')).toEqual(Buffer.from('x'));
});

test('a message that works longer than its time is a timeout, and the others go on', async () => {
  const slow = await put(htmlMail(`<p>${'<b>word</b> '.repeat(600_000)}</p>`));
  await withPool(
    async (pool) => {
      const found = await Promise.all([
        pool.parse(slow, { ...options, timeoutMs: 50 }),
        pool.parse(good, options),
        pool.parse(good, options),
      ]);
      expect(found.map((result) => (result.ok ? 'ok' : result.failure.code))).toEqual(['timeout', 'ok', 'ok']);
    },
    {},
    1,
  );
});

test('a message that takes more memory than its child may have is a memory failure', async () => {
  const big = await put(plainMail('words and words\n'.repeat(400_000)));
  const result = await withPool(
    async (pool) => {
      const [first, second] = await Promise.all([pool.parse(big, options), pool.parse(big, options)]);
      return [first, second];
    },
    { rssBytes: 60 * 1024 * 1024 },
  );
  expect(result.map((found) => (found.ok ? 'ok' : found.failure.code))).toContain('memory');
});

test('a child killed from outside costs nobody a message: what it had is parsed by another', async () => {
  await withPool(async (pool) => {
    expect((await pool.parse(good, options)).ok).toBe(true);
    const [pid = 0] = pool.pids();
    const running = Array.from({ length: 8 }, () => pool.parse(good, options));
    process.kill(pid, 'SIGKILL');
    const results = await Promise.all(running);
    expect(results.every((result) => result.ok)).toBe(true);
    expect(pool.pids()).not.toContain(pid);
  });
});

test('a message whose child dies twice is blamed for it, and only that one', async () => {
  const slow = await put(plainMail('--\nBo\n'.repeat(400_000)));
  await withPool(async (pool) => {
    let deaths = 0;
    const begun = () => {
      if (deaths++ < 2) for (const pid of pool.pids()) process.kill(pid, 'SIGKILL');
    };
    const outcome = Promise.all([pool.parse(slow, { ...options, begun }), pool.parse(good, options)]);
    const [suspect, other] = await outcome;
    expect(suspect).toMatchObject({ ok: false, failure: { code: 'crashed' } });
    expect(other.ok).toBe(true);
  });
});

const SCRIPT = fileURLToPath(new URL('./idle-pool.ts', import.meta.url));

/** Runs a process with a pool of its own; answers with it and the pid of its child once that is idle. */
async function processWithPool(mode: 'end' | 'stay') {
  const parent = spawn(process.execPath, [SCRIPT, blobDir, good, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => parent.once('exit', resolve));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, ended, child: Number(line.toString()) };
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`);

test('an idle pool keeps its process from nothing: it ends by itself, and its children with it', async () => {
  const { ended, child } = await processWithPool('end');
  expect(await ended).toBe(0);
  await vi.waitUntil(() => !isAlive(child), { timeout: 30_000 });
});

test('the children of a process that is killed with SIGKILL end', async () => {
  const { parent, ended, child } = await processWithPool('stay');
  expect(isAlive(child)).toBe(true);
  parent.kill('SIGKILL');
  await ended;
  await vi.waitUntil(() => !isAlive(child), { timeout: 30_000 });
});

test('a blob that is not there rejects: the message may still come, it is not to blame', async () => {
  await withPool(async (pool) => {
    await expect(pool.parse('0'.repeat(64), options)).rejects.toThrow('cannot be read');
    expect((await pool.parse(good, options)).ok).toBe(true);
  });
});

test('stopping rejects what is open and what comes later, and leaves no child', async () => {
  const pool = createParserPool({ blobDir, size: 2, log: silent });
  await pool.parse(good, options);
  const open = pool.parse(good, options).catch((error: Error) => error.message);
  await pool.stop();
  expect(await open).toBe('The parser is stopped');
  await expect(pool.parse(good, options)).rejects.toThrow('stopped');
  expect(pool.pids()).toEqual([]);
});

test('many messages at once come back right, and nothing is left in the temporary folder', async () => {
  const hashes = await Promise.all(
    Array.from({ length: 40 }, (_, i) => put(plainMail(`Question ${i}\n`, { Subject: `No ${i}` }))),
  );
  const results = await withPool((pool) => Promise.all(hashes.map((sha256) => pool.parse(sha256, options))), {}, 2);
  expect(results.map((result) => (result.ok ? result.mail.subject : ''))).toEqual(hashes.map((_, i) => `No ${i}`));
  expect(await readdir(join(blobDir, 'tmp'))).toEqual([]);
});
