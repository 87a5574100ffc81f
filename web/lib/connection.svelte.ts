/* eslint svelte/prefer-svelte-reactivity: off -- the date is replaced, never changed; nobody watches the set */
let lostAt = $state.raw<Date | null>(null);
const retries = new Set<() => void>();

/** Since when the desk has not been reached; null while all is well. */
export const offlineSince = (): Date | null => lostAt;

/** Noted after every request. */
export function noteConnection(reached: boolean): void {
  if (reached) lostAt = null;
  else lostAt ??= new Date();
}

/** Asks everything that polls to try now. */
export function tryNow(): void {
  for (const retry of retries) retry();
}

/** Runs when the connection may be back; returns how to stop. */
export function onTryNow(retry: () => void): () => void {
  retries.add(retry);
  return () => void retries.delete(retry);
}

/** The browser knows sooner than a request that the network has gone or come. */
export function watchConnection(): void {
  addEventListener('offline', () => noteConnection(false));
  addEventListener('online', tryNow);
}
