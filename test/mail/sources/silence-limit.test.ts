import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silenceLimit } from '../../../src/mail/sources/silence-limit.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const limit = () => silenceLimit(60_000, new AbortController().signal);

/** An answer in ten pieces; so many milliseconds go by before each of them. */
const answer = (bytes: number, pause: number) =>
  Readable.from(
    (function* () {
      for (let n = 0; n < 10; n++) {
        vi.advanceTimersByTime(pause);
        yield Buffer.alloc(bytes);
      }
    })(),
  );

async function read(given: AsyncIterable<Buffer>, taking = 0): Promise<number> {
  let bytes = 0;
  for await (const piece of given) {
    vi.advanceTimersByTime(taking);
    bytes += piece.length;
  }
  return bytes;
}

test('an answer that comes slowly and steadily may take far longer than the limit', async () => {
  const silence = limit();
  silence.wait();
  expect(await read(silence.pieces(answer(5_000_000, 50_000)))).toBe(50_000_000);
  expect(silence.signal.aborted).toBe(false);
});

test('silence ends the request, before the answer as within it', async () => {
  const before = limit();
  before.wait();
  vi.advanceTimersByTime(60_000);
  expect(before.signal.reason).toEqual(new Error('No word for 60 s'));

  const within = limit();
  within.wait();
  const pieces = within.pieces(Readable.from([Buffer.alloc(10)], { signal: within.signal }));
  await pieces.next();
  const next = pieces.next();
  vi.advanceTimersByTime(60_000);
  await next.catch(() => undefined);
  expect(within.signal.aborted).toBe(true);
});

test('whoever takes the pieces may take long', async () => {
  const silence = limit();
  silence.wait();
  expect(await read(silence.pieces(answer(1000, 0)), 100_000)).toBe(10_000);
  expect(silence.signal.aborted).toBe(false);
});

test('an answer that drips byte by byte is as good as silence', async () => {
  const silence = limit();
  silence.wait();
  await expect(read(silence.pieces(answer(1, 50_000)))).rejects.toThrow(/^Only \d bytes in 100 s$/);
});

test('what failed or was answered with nothing leaves no timer', () => {
  const silence = limit();
  silence.wait();
  silence.answered();
  expect(vi.getTimerCount()).toBe(0);
});
