/** What this browser remembers: likings only, nothing that grants access. */
type Key = 'language' | 'theme' | 'single-keys' | 'was-here';

/** A remembered liking; null when there is none or the browser keeps nothing. */
export function remembered(key: Key): string | null {
  try {
    return localStorage.getItem(`smartsupport.${key}`);
  } catch {
    return null;
  }
}

/** Remembers a liking, or forgets it when the value is null. */
export function remember(key: Key, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`smartsupport.${key}`);
    else localStorage.setItem(`smartsupport.${key}`, value);
  } catch {
    // A browser that keeps nothing is still good for this visit.
  }
}
