import { onTryNow } from './connection.svelte.ts';

/**
 * Runs `work` again and again while the page is visible, `seconds` after it has ended, and at once when the page comes back or someone
 * asks to try now. `work` may return seconds to wait longer. For an effect: returns how to stop.
 */
export function whileVisible(seconds: number, work: () => Promise<number | void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let stopped = false;
  const run = async () => {
    if (running || stopped || document.hidden) return;
    clearTimeout(timer);
    running = true;
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
    stopTrying();
    document.removeEventListener('visibilitychange', look);
  };
}
