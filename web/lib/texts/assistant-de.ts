import type { assistantEn } from './assistant-en.ts';

/** The texts of the assistant, in German. */
export const assistantDe: typeof assistantEn = {
  title: 'Eine Frage stellen',
  label: 'Ihre Frage',
  hint: 'In Ihren eigenen Worten, oder die Nummer eines Tickets',
  submit: 'Fragen',
  asking: 'Wird gesucht',
  bySearch: 'Hier antwortet kein Sprachmodell. Das hat eine Suche gefunden:',
  nothing: 'Eine Suche hat dazu nichts gefunden. Der Support weiß weiter:',
  articles: 'Artikel',
  tickets: 'Ihre Tickets',
  handOver: 'Support fragen',
  handOverHint: 'Ihre Frage ist schon eingetragen.',
};
