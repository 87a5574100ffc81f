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

/** What is typed while a field that was asked for is still being fetched; null: nothing is awaited. */
let ahead: { text: string; enter: boolean; until: number } | null = null;
/** Milliseconds after which a field that did not come is no longer awaited. */
const PATIENCE = 5000;

/** Keeps what is typed from now on for a field that is about to open: it would else be taken for single keys, and do things. */
export function keepKeys(): void {
  ahead = { text: '', enter: false, until: performance.now() + PATIENCE };
}

/** Gives what was typed before the field was there, and whether Enter followed. */
export function takeKeys(): { text: string; enter: boolean } {
  const typed = ahead ?? { text: '', enter: false };
  ahead = null;
  return typed;
}

function keep(event: KeyboardEvent, into: NonNullable<typeof ahead>): void {
  if (event.key.length === 1) into.text += event.key;
  else if (event.key === 'Backspace') into.text = into.text.slice(0, -1);
  else if (event.key === 'Enter') into.enter = true;
  else return;
  event.preventDefault();
}

/** Listens to keys from now on. A key never acts inside a field, below a dialog, or together with Ctrl, Alt or Meta. */
export function startKeys(): void {
  single = remembered('single-keys') !== 'off';
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (ahead && performance.now() < ahead.until) return keep(event, ahead);
    if (!single) return;
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
