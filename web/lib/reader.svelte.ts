import { now } from './clock.svelte.ts';
import type { Reader } from './dates.ts';
import { language, t } from './texts.svelte.ts';

/** Language, words and present time for the functions of dates.ts. */
export const reader = (): Reader => ({ locale: language() === 'en' ? 'en-GB' : language(), texts: t(), now: now() });
