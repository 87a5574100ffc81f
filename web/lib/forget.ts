const keepers = new Set<() => void>();

/** Whatever is kept for one person registers here how to forget it. */
export function whenForgetting(forget: () => void): void {
  keepers.add(forget);
}

/** Another person may sit down: forgets lists, drafts and choices of the one who left. */
export function forgetAll(): void {
  for (const forget of keepers) forget();
}
