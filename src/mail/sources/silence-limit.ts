import type { Readable } from 'node:stream';

/** A request that may take as long as it likes, as long as something comes. */
export interface SilenceLimit {
  /** Ends the request. */
  signal: AbortSignal;
  /** From now on an answer is waited for. */
  wait(): void;
  /** It has come, or never will. */
  answered(): void;
  /** Passes the answer on, piece by piece. */
  pieces(answer: Readable): AsyncGenerator<Buffer>;
}

/** Bytes a second; what gives fewer is as good as silent. */
const SLOWEST = 50_000;

/**
 * Ends a request that says nothing for so many milliseconds, before its answer or within it. A limit for the whole would be one for the size of
 * a message: over a slow line a large one could never come. `outer` ends it too.
 */
export function silenceLimit(milliseconds: number, outer: AbortSignal): SilenceLimit {
  const silent = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  /** Milliseconds that were waited for what came; whoever takes it may take long. */
  let waited = 0;
  let received = 0;

  function wait(): void {
    clearTimeout(timer);
    since = performance.now();
    timer = setTimeout(() => silent.abort(new Error(`No word for ${milliseconds / 1000} s`)), milliseconds);
  }

  function take(piece: Buffer): Buffer {
    clearTimeout(timer);
    waited += performance.now() - since;
    received += piece.length;
    if (waited > milliseconds + (received / SLOWEST) * 1000)
      throw new Error(`Only ${received} bytes in ${Math.round(waited / 1000)} s`);
    return piece;
  }

  return {
    signal: AbortSignal.any([silent.signal, outer]),
    wait,
    answered: () => clearTimeout(timer),
    async *pieces(answer) {
      try {
        wait();
        for await (const piece of answer as AsyncIterable<Buffer>) {
          yield take(piece);
          wait();
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
