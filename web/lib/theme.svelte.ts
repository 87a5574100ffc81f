import { remember, remembered } from './remember.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

let chosen = $state<Theme>('system');

/** The theme as chosen, `system` included. */
export const theme = (): Theme => chosen;

/** Shows a theme and remembers it; `system` forgets. */
export function wear(next: Theme): void {
  chosen = next;
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
  remember('theme', next === 'system' ? null : next);
}

/** From what is seen now to the other one. */
export function toggleTheme(): void {
  const dark = chosen === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
  wear(dark ? 'light' : 'dark');
}

/** Puts on what was worn last time. */
export function wearRemembered(): void {
  wear(THEMES.find((name) => name === remembered('theme')) ?? 'system');
}
