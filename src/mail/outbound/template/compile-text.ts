import Handlebars from 'handlebars';
import { styleTags } from './mail-tags.ts';
import type { Part } from './refusal.ts';

/** Writes a text with the variables it is given. */
export type Render = (context: object) => string;

/** Strict: a name that is not in the view is an error, not an empty string. No helper but those of the language may be called. */
const COMPILE = { strict: true, knownHelpersOnly: true, preventIndent: true };
const RUN = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
/** Texts of admins that are kept compiled. */
const KEPT = 200;

/** Texts of admins are compiled once, as long as they are used. */
export function keeper(): (part: Part, source: string) => Render {
  const kept = new Map<string, Render>();
  return (part, source) => {
    const key = `${part}:${source}`;
    const found = kept.get(key) ?? compilePart(part, source);
    if (kept.size >= KEPT && !kept.has(key)) kept.clear();
    kept.set(key, found);
    return found;
  };
}

/** A part of a mail text: its tags get their styles before, as they stand in the text and never in a value. */
export function compilePart(part: Part, source: string): Render {
  return part === 'html' ? compile(styleTags(source), false) : compile(source, true);
}

/** html escapes every value; text and subject are not html, so there escaping would be wrong. */
export function compile(source: string, noEscape: boolean): Render {
  const engine = Handlebars.create();
  for (const name of ['with', 'log', 'lookup', 'unless', 'blockHelperMissing']) engine.unregisterHelper(name);
  const template = engine.compile<object>(source, { ...COMPILE, noEscape });
  return (context) => template(context, RUN);
}

/** Html that we have made, every value in it escaped. */
export function marked(html: string): object {
  return new Handlebars.SafeString(html);
}
