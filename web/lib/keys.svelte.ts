/* eslint svelte/prefer-svelte-reactivity: off -- nobody watches the set */
import { remember, remembered } from './remember.ts';

/** What single keys do at present: key → deed. A sequence is written `g q`. A deed that returns false leaves the key to the browser. */
export type KeyMap = Record<string, (event: KeyboardEvent) => unknown>;

const layers = new Set<KeyMap>();
let single = $state(true);
let firstOfTwo = '';
let firstAt = 0;

/** Whether single keys act (WCAG 2.1.4 lets people turn them off). */
export const singleKeys = (): boolean => single;

/** Turns single keys on or off and remembers it. */
export function setSingleKeys(on: boolean): void {
  single = on;
  remember('single-keys', on ? null : 'off');
}

/** Lets keys act as long as an effect lives. */
export function useKeys(map: KeyMap): () => void {
  layers.add(map);
  return () => void layers.delete(map);
}

/** Listens to keys from now on. A key never acts inside a field, below a dialog, or together with Ctrl, Alt or Meta. */
export function startKeys(): void {
  single = remembered('single-keys') !== 'off';
  document.addEventListener('keydown', (event) => {
    if (!single || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
      return;
    if (isField(event.target) || document.querySelector('dialog[open]:not([data-drawer])')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const deed = deedOf(event.timeStamp - firstAt < 1000 ? `${firstOfTwo} ${key}` : key) ?? deedOf(key);
    [firstOfTwo, firstAt] = [key, event.timeStamp];
    if (deed && deed(event) !== false) event.preventDefault();
  });
}

function deedOf(key: string): KeyMap[string] | undefined {
  return [...layers].reverse().find((map) => Object.hasOwn(map, key))?.[key];
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="menu"], [role="listbox"]') !== null)
  );
}
