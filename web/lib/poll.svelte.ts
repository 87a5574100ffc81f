import { onTryNow } from './connection.svelte.ts';
import type { Watch } from './live.svelte.ts';

/** Seconds after which even what is told by itself is asked for once. */
const BACKSTOP = 60;

/**
 * Runs `work` again and again while the page is visible, `seconds` after it has ended, and at once when the page comes back or someone
 * asks to try now. `work` may return seconds to wait longer. While `live` tells, it is only asked now and then. For an effect: returns how to
 * stop.
 */
export function whileVisible(seconds: number, work: () => Promise<number | void>, live?: Watch): () => void {
  let last = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let stopped = false;
  const run = async () => {
    if (running || stopped || document.hidden) return;
    clearTimeout(timer);
    if (live?.live && Date.now() - last < BACKSTOP * 1000) return wait(seconds);
    running = true;
    last = Date.now();
    const longer = (await work().catch(() => undefined)) ?? 0;
    running = false;
    wait(Math.max(seconds, longer));
  };
  const wait = (pause: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void run(), pause * 1000);
  };
  const look = () => void run();
  document.addEventListener('visibilitychange', look);
  const stopTrying = onTryNow(look);
  wait(seconds);
  return () => {
    stopped = true;
    clearTimeout(timer);
    live?.end();
    stopTrying();
    document.removeEventListener('visibilitychange', look);
  };
}
