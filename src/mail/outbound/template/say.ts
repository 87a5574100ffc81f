import type { Status } from '../../../tickets/lifecycle.ts';

/** The words of a language that are not in its templates: `words.json` of its folder. */
export interface Words {
  /** As employees read them, and as staff does. */
  status: Record<string, string>;
  staffStatus: Record<string, string>;
}

/** How a mail says what is not text: moments and statuses, in the words of its reader. */
export interface Say {
  date(at: Date): string;
  status(status: Status): string;
}

export type Speaker = (timeZone: string, toStaff: boolean) => Say;

/** A speaker of a language, which keeps its formats: making one costs. */
export function speaker(locale: string, words: Words): Speaker {
  const date = dateWriter(locale === 'en' ? 'en-GB' : locale);
  const [status, staffStatus] = [new Map(Object.entries(words.status)), new Map(Object.entries(words.staffStatus))];
  return (timeZone, toStaff) => ({
    date: (at) => date(at, timeZone),
    status: (name) => (toStaff ? staffStatus : status).get(name) ?? name,
  });
}

/** Writes a moment as people of a language do, with the name of the time zone. */
function dateWriter(locale: string): (at: Date, timeZone: string) => string {
  const formats = new Map<string, [Intl.DateTimeFormat, Intl.DateTimeFormat]>();
  return (at, timeZone) => {
    const [date, zone] = formats.get(timeZone) ?? [
      new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone }),
      new Intl.DateTimeFormat(locale, { timeZoneName: 'short', timeZone }),
    ];
    formats.set(timeZone, [date, zone]);
    const name = zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
    return `${date.format(at)} ${name}`;
  };
}
