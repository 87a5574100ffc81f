/* eslint svelte/prefer-svelte-reactivity: off -- nobody watches the map, only what is in it */
import { whenForgetting } from './forget.ts';
import { me } from './session.svelte.ts';

/** What someone has written and not sent yet. The words outlive a reload of the tab, the files a sign-in. */
export class Draft {
  text = $state('');
  /** The same where it is formatted; then `text` only says that there are words. */
  html = $state.raw<string | null>(null);
  files = $state.raw<File[]>([]);
}

const drafts = new Map<string, Draft>();
const PREFIX = 'smartsupport.draft.';
const FORMATTED = '.html';
/** Another person at the same tab finds nothing of this one. */
const place = (key: string) => `${PREFIX}${me()?.id ?? 0}.${key}`;

/** The draft of one place, by a key like `reply-12`; the same one each time. */
export function draftOf(key: string): Draft {
  const known = drafts.get(key);
  if (known) return known;
  const draft = new Draft();
  draft.text = stored(key);
  draft.html = stored(`${key}${FORMATTED}`) || null;
  drafts.set(key, draft);
  return draft;
}

/** Keeps the words of a draft; call it when they have changed. */
export function keepDraft(key: string): void {
  const { text = '', html = null } = drafts.get(key) ?? {};
  try {
    store(key, text);
    store(`${key}${FORMATTED}`, html ?? '');
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

function store(key: string, words: string): void {
  if (words === '') sessionStorage.removeItem(place(key));
  else sessionStorage.setItem(place(key), words);
}

/** It is sent: the draft is empty again. */
export function dropDraft(key: string): void {
  const draft = draftOf(key);
  empty(draft);
  keepDraft(key);
}

function empty(draft: Draft): void {
  [draft.text, draft.html, draft.files] = ['', null, []];
}

function stored(key: string): string {
  try {
    return sessionStorage.getItem(place(key)) ?? '';
  } catch {
    return '';
  }
}

whenForgetting(() => {
  for (const draft of drafts.values()) empty(draft);
  drafts.clear();
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Nothing was stored.
  }
});
