import type { writingEn } from './writing-en.ts';

/** The texts of writing on a ticket that is kept, waits, or is changed later, in German. */
export const writingDe: typeof writingEn = {
  saved: (time) => `Entwurf gespeichert ${time}`,
  notSaved: 'Entwurf noch nicht gespeichert',
  begun: '(Entwurf)',
  otherWindow: 'Dieser Entwurf wurde inzwischen in einem anderen Fenster geändert.',
  takeOther: 'Jenen zeigen',
  keepThis: 'Diesen behalten',
};
