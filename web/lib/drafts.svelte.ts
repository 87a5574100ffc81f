/* eslint svelte/prefer-svelte-reactivity: off -- nobody watches the map, only what is in it */
import { whenForgetting } from './forget.ts';
import { me } from './session.svelte.ts';

/** What someone has written and not sent yet. The words outlive a reload of the tab, the files a sign-in. */
export class Draft {
  text = $state('');
  files = $state.raw<File[]>([]);
}

const drafts = new Map<string, Draft>();
const PREFIX = 'smartsupport.draft.';
/** Another person at the same tab finds nothing of this one. */
const place = (key: string) => `${PREFIX}${me()?.id ?? 0}.${key}`;

/** The draft of one place, by a key like `reply-12`; the same one each time. */
export function draftOf(key: string): Draft {
  const known = drafts.get(key);
  if (known) return known;
  const draft = new Draft();
  draft.text = stored(key);
  drafts.set(key, draft);
  return draft;
}

/** Keeps the words of a draft; call it when they have changed. */
export function keepDraft(key: string): void {
  try {
    const text = drafts.get(key)?.text ?? '';
    if (text === '') sessionStorage.removeItem(place(key));
    else sessionStorage.setItem(place(key), text);
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

/** It is sent: the draft is empty again. */
export function dropDraft(key: string): void {
  const draft = draftOf(key);
  draft.text = '';
  draft.files = [];
  keepDraft(key);
}

function stored(key: string): string {
  try {
    return sessionStorage.getItem(place(key)) ?? '';
  } catch {
    return '';
  }
}

whenForgetting(() => {
  for (const draft of drafts.values()) {
    draft.text = '';
    draft.files = [];
  }
  drafts.clear();
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Nothing was stored.
  }
});
