import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../../errors.ts';
import type { DeskView, ViewOf, WrittenWords } from './mail-view.ts';
import { MAIL_TEMPLATE_NAMES, type MailTemplate } from './mail-template.ts';
import { oneLine } from './one-line.ts';
import { compile, compilePart, keeper, marked, type Render } from './template/compile-text.ts';
import { checkTemplate } from './template/check-template.ts';
import { PARTS, type Part, type Refusal } from './template/refusal.ts';
import { speaker, type Speaker, type Words } from './template/say.ts';
import { styleWords } from './template/style-words.ts';
import { contextOf } from './template/variables.ts';
import { wrapText } from './wrap-text.ts';

/** A message in words: one line of subject, text with lines up to 72 where words allow it, html. */
export interface Rendered {
  subject: string;
  text: string;
  html: string;
}

/** The parts of a mail text as they are written. */
export type MailText = Record<Part, string>;

/** What an admin wrote instead of our text, for one language; null: ours. */
export type OwnText = { locale: string } & Record<Part, string | null>;

export interface Templates {
  readonly locales: readonly string[];
  /** The language in which somebody reads: a locale we do not have falls back to its language, then to English. */
  localeOf(locale: string): string;
  /** Our own text; null: there is no such language. */
  textOf(template: MailTemplate, locale: string): MailText | null;
  /** Renders for a reader. A part of `own` that cannot be used is told to `broken`, and ours stands in: no mail waits for a text. */
  render<T extends MailTemplate>(template: T, locale: string, view: ViewOf<T>, own?: readonly OwnText[]): Rendered;
}

/** Told of an admin's text that could not be used: once a mail, so it is for the log. */
export type Broken = (template: MailTemplate, part: Part, why: readonly Refusal[] | Error) => void;

/** Where the templates live, beside the code. */
export const TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url));

const FALLBACK = 'en';
interface Language {
  texts: Map<MailTemplate, MailText>;
  compiled: Map<string, Render>;
  speak: Speaker;
}
interface Loaded {
  languages: Map<string, Language>;
  /** Goes round every html, and writes what a person wrote. */
  layout: Render;
  words: Render;
  keep: (part: Part, source: string) => Render;
  broken: Broken;
}

/**
 * Reads and compiles `<locale>/<name>.{subject,text,html}.hbs` with the layout that goes round them. A new language is a new folder. Throws
 * when a language lacks a file.
 */
export async function loadTemplates(dir = TEMPLATES, broken: Broken = () => undefined): Promise<Templates> {
  const entries = await readdir(dir, { withFileTypes: true });
  const locales = entries.filter((entry) => entry.isDirectory() && /^[a-z]{2}(-[A-Z]{2})?$/.test(entry.name));
  const languages = new Map<string, Language>();
  for (const { name } of locales) languages.set(name, await loadLanguage(dir, name));
  const loaded = {
    languages,
    layout: compile(await readFile(join(dir, 'layouts', 'mail.html.hbs'), 'utf8'), false),
    words: compilePart('html', await readFile(join(dir, 'partials', 'words.html.hbs'), 'utf8')),
    keep: keeper(),
    broken,
  };
  const localeOf = (locale: string) =>
    [locale, locale.slice(0, 2)].find((candidate) => languages.has(candidate)) ?? FALLBACK;
  return {
    locales: [...languages.keys()].toSorted(),
    localeOf,
    textOf: (template, locale) => languages.get(locale)?.texts.get(template) ?? null,
    render: (template, locale, view, own = []) => render(loaded, template, localeOf(locale), view, own),
  };
}

function render<T extends MailTemplate>(
  loaded: Loaded,
  template: T,
  locale: string,
  view: ViewOf<T>,
  own: readonly OwnText[],
): Rendered {
  const language = loaded.languages.get(locale);
  assert(language, `there are templates for ${FALLBACK}`);
  const theirs = own.find((text) => text.locale === locale);
  const write = (part: Part, context: object) =>
    writePart(loaded, language, { template, part, own: theirs?.[part] ?? null }, context);
  const { desk } = view;
  const plain = contextOf(template, view, language.speak, ({ text }) => text);
  const html = contextOf(template, view, language.speak, (words) => marked(writeWords(loaded, words)));
  const subject = oneLine(write('subject', plain));
  return {
    subject,
    text: tidy(wrapText(signed(write('text', plain), desk))),
    html: loaded.layout({ body: marked(write('html', html)), subject, locale, desk }),
  };
}

/** What an editor made is html already, with no styles; text becomes paragraphs. */
function writeWords({ words }: Loaded, written: WrittenWords): string {
  return written.html === null ? words(written) : styleWords(written.html);
}

interface Wanted {
  template: MailTemplate;
  part: Part;
  own: string | null;
}

/** A text is checked again before it is used: what was good when it was written may be none after an upgrade. */
function writePart(
  { keep, broken }: Loaded,
  { compiled }: Language,
  { template, part, own }: Wanted,
  context: object,
): string {
  const ours = compiled.get(`${template}.${part}`);
  assert(ours, `${template} has a ${part}`);
  if (own === null) return ours(context);
  try {
    const refusals = checkTemplate(template, part, own);
    if (refusals.length === 0) return keep(part, own)(context);
    broken(template, part, refusals);
  } catch (error) {
    broken(template, part, error instanceof Error ? error : new Error(String(error)));
  }
  return ours(context);
}

async function loadLanguage(dir: string, locale: string): Promise<Language> {
  const words = JSON.parse(await readFile(join(dir, locale, 'words.json'), 'utf8')) as Words;
  const texts = new Map<MailTemplate, MailText>();
  const compiled = new Map<string, Render>();
  for (const name of MAIL_TEMPLATE_NAMES) {
    const read = async (part: Part) => (await readFile(join(dir, locale, `${name}.${part}.hbs`), 'utf8')).trimEnd();
    const text = { subject: await read('subject'), text: await read('text'), html: await read('html') };
    texts.set(name, text);
    for (const part of PARTS) compiled.set(`${name}.${part}`, compilePart(part, text[part]));
  }
  return { texts, compiled, speak: speaker(locale, words) };
}

/** The address of the organisation stands below the line that mail clients take for the beginning of a signature (RFC 3676 §4.3). */
function signed(text: string, { address }: DeskView): string {
  if (address.length === 0) return text;
  return [text.trimEnd(), ...(/^-- $/m.test(text) ? [] : ['', '-- ']), ...address].join('\n');
}

function tidy(text: string): string {
  return `${text.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}
