import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { assert } from '../../errors.ts';
import type { DeskView, ViewOf } from './mail-view.ts';
import { MAIL_TEMPLATE_NAMES, type MailTemplate } from './mail-template.ts';
import { oneLine } from './one-line.ts';
import { wrapText } from './wrap-text.ts';

/** A message in words: one line of subject, text with lines up to 72 where words allow it, html. */
export interface Rendered {
  subject: string;
  text: string;
  html: string;
}

export interface Templates {
  readonly locales: readonly string[];
  /** Renders for a reader. A locale we do not have falls back to its language, then to English. */
  render<T extends MailTemplate>(template: T, locale: string, view: ViewOf<T>): Rendered;
}

/** Where the templates live, beside the code. */
export const TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url));

const FALLBACK = 'en';
/** Nothing but these may be called; strict: a name that is not in the view is an error, not an empty string. */
const HELPERS = { is: true, join: true, date: true, status: true, staffStatus: true, url: true };
const COMPILE = { strict: true, knownHelpersOnly: true, knownHelpers: HELPERS, preventIndent: true };
const RUN = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

type Format = 'html' | 'text';
type Render = (view: object) => string;
interface Language {
  render: Record<`${MailTemplate}.${'subject' | Format}`, Render>;
}

/**
 * Reads and compiles `<locale>/<name>.{subject,text,html}.hbs` with the layouts and partials they use. A new language is a new folder. Throws
 * when a language lacks a file.
 */
export async function loadTemplates(dir = TEMPLATES): Promise<Templates> {
  const entries = await readdir(dir, { withFileTypes: true });
  const locales = entries.filter((entry) => entry.isDirectory() && /^[a-z]{2}(-[A-Z]{2})?$/.test(entry.name));
  const languages = new Map<string, Language>();
  for (const { name } of locales) languages.set(name, await loadLanguage(dir, name));

  return {
    locales: [...languages.keys()],
    render(template, locale, view) {
      const known = [locale, locale.slice(0, 2), FALLBACK].find((candidate) => languages.has(candidate)) ?? FALLBACK;
      const language = languages.get(known);
      assert(language, `there are templates for ${FALLBACK}`);
      const context = { ...view, locale: known };
      const subject = oneLine(language.render[`${template}.subject`](context));
      const text = wrapText(language.render[`${template}.text`]({ ...context, subject }));
      return { subject, text: tidy(text), html: language.render[`${template}.html`]({ ...context, subject }) };
    },
  };
}

async function loadLanguage(dir: string, locale: string): Promise<Language> {
  const words = JSON.parse(await readFile(join(dir, locale, 'words.json'), 'utf8')) as Words;
  const engines = { html: await engine(dir, locale, words, 'html'), text: await engine(dir, locale, words, 'text') };
  const render: Record<string, Render> = {};
  for (const name of MAIL_TEMPLATE_NAMES)
    for (const part of ['subject', 'text', 'html'] as const) {
      const source = await readFile(join(dir, locale, `${name}.${part}.hbs`), 'utf8');
      render[`${name}.${part}`] = compile(engines[part === 'html' ? 'html' : 'text'], source, part !== 'html');
    }
  return { render: render as Language['render'] };
}

/** html escapes every value; text and subject are not html, so there escaping would be wrong. */
function compile(engine: typeof Handlebars, source: string, noEscape: boolean): Render {
  const template = engine.compile<object>(source, { ...COMPILE, noEscape });
  return (view) => template(view, RUN);
}

/** One Handlebars for each language and format: a partial is compiled by the rules of the format it is used in. */
async function engine(dir: string, locale: string, words: Words, format: Format): Promise<typeof Handlebars> {
  const engine = Handlebars.create();
  for (const [folder, ending] of [
    ['layouts', `.${format}.hbs`],
    ['partials', `.${format}.hbs`],
    [join(locale, 'partials'), '.hbs'],
  ] as const)
    for (const file of await readdir(join(dir, folder)))
      if (file.endsWith(ending)) {
        const source = await readFile(join(dir, folder, file), 'utf8');
        engine.registerPartial(file.slice(0, -ending.length), source);
      }
  registerHelpers(engine, locale, words);
  return engine;
}

interface Words {
  /** As employees read them, and as staff does. */
  status: Record<string, string>;
  staffStatus: Record<string, string>;
}

function registerHelpers(engine: typeof Handlebars, locale: string, words: Words): void {
  const date = dateWriter(locale === FALLBACK ? 'en-GB' : locale);
  const statuses = new Map(Object.entries(words.status));
  const staffStatuses = new Map(Object.entries(words.staffStatus));
  engine.registerHelper({
    is(this: unknown, left: unknown, right: unknown, options: Handlebars.HelperOptions) {
      return left === right ? options.fn(this) : options.inverse(this);
    },
    join: (left: string, right: string) => `${left}, ${right}`,
    date: (at: Date, { data }: { data: { root: { desk: DeskView } } }) => date(at, data.root.desk.timeZone),
    status: (status: string) => statuses.get(status) ?? status,
    staffStatus: (status: string) => staffStatuses.get(status) ?? status,
    url: safeUrl,
  });
}

/** Writes a moment as people of a language do, with the name of the time zone; formats are kept, as making one costs. */
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

/** A link that a mail may carry. Anything but https, http and mailto becomes no link at all. */
export function safeUrl(url: string): string {
  return /^(https?:\/\/|mailto:)[^\s"<>]+$/i.test(url) ? url : '';
}

function tidy(text: string): string {
  return `${text.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}
