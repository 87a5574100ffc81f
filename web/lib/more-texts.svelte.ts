import { language, whenSpeaking, type Language } from './texts.svelte.ts';
import { moreEn, type MoreTexts } from './texts/more-en.ts';

let texts = $state.raw<MoreTexts>(moreEn);

/** The texts of the pages that are loaded when they are first wanted: administration and one's own account. */
export const m = (): MoreTexts => texts;

async function learn(wanted: Language): Promise<void> {
  texts = wanted === 'de' ? (await import('./texts/more-de.ts')).moreDe : moreEn;
}

whenSpeaking(learn);
await learn(language());
