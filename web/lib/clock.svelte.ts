/* eslint svelte/prefer-svelte-reactivity: off -- the date is replaced, never changed */
let tick = $state.raw(new Date());

/** The present time for what is shown, new every half minute. */
export const now = (): Date => tick;

/** Lets the clock run. */
export function startClock(): void {
  setInterval(() => (tick = new Date()), 30_000);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) tick = new Date();
  });
}
