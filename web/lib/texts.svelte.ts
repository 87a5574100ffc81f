/* eslint svelte/prefer-svelte-reactivity: off -- nobody watches the set */
import { en, type Texts } from './texts/en.ts';
import { remember, remembered } from './remember.ts';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

/** Further texts, of pages that are loaded when they are first wanted. */
const learners = new Set<(wanted: Language) => Promise<void>>();
/** Has a further part of the catalogue follow the language. */
export function whenSpeaking(learn: (wanted: Language) => Promise<void>): void {
  learners.add(learn);
}

let texts = $state.raw<Texts>(en);
let current = $state<Language>('en');

/** The texts of the chosen language: `t().queue.more`. */
export const t = (): Texts => texts;

/** The language of the page, also for Intl. */
export const language = (): Language => current;

/** The chosen language, or the first one of the browser that we speak. */
export function preferredLanguage(): Language {
  const chosen = [remembered('language'), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return chosen.find((tag): tag is Language => tag !== undefined && tag in LANGUAGES) ?? 'en';
}

/** Switches every text; a language other than English is fetched when it is first wanted. */
export async function speak(wanted: Language, { keep = false } = {}): Promise<void> {
  const [next] = await Promise.all([
    wanted === 'de' ? import('./texts/de.ts').then(({ de }) => de) : en,
    ...[...learners].map((learn) => learn(wanted)),
  ]);
  texts = next;
  current = wanted;
  document.documentElement.lang = wanted;
  if (keep) remember('language', wanted);
}
