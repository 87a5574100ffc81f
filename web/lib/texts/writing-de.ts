import type { writingEn } from './writing-en.ts';

/** The texts of writing on a ticket that is kept, waits, or is changed later, in German. */
export const writingDe: typeof writingEn = {
  saved: (time) => `Entwurf gespeichert ${time}`,
  notSaved: 'Entwurf noch nicht gespeichert',
  begun: '(Entwurf)',
  otherWindow: 'Dieser Entwurf wurde inzwischen in einem anderen Fenster geändert.',
  takeOther: 'Jenen zeigen',
  keepThis: 'Diesen behalten',
  goesOutIn: (number, seconds) => `Antwort zu ${number} geht in ${seconds} s hinaus`,
  goesOutSoon: (number) => `Antwort zu ${number} geht gleich hinaus. Strg Z nimmt sie zurück.`,
  goesOut: 'Geht hinaus:',
  undo: 'Rückgängig',
  takeBack: 'Antwort zurücknehmen',
  sendNow: 'Jetzt senden',
  takenBack: 'Die Antwort ist wieder ein Entwurf',
  tooLate: 'Sie ist schon hinausgegangen',
  scheduled: (time) => `Die Antwort geht hinaus: ${time}`,
  later: 'Später senden',
  laterWay: 'Später senden…',
  otherTime: 'Andere Zeit…',
  laterTitle: 'Wann soll die Antwort hinausgehen?',
  laterLead: 'Bis dahin sieht sie nur das Team, und Sie können sie ändern oder zurücknehmen.',
  laterAt: 'Tag und Uhrzeit',
  past: 'Wählen Sie eine Zeit, die noch kommt',
};
