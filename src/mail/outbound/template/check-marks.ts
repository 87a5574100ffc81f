import type { Fault } from './refusal.ts';

/** A pair of braces: a variable, or the beginning, middle or end of a block. */
export interface Mark {
  at: number;
  end: number;
  kind: 'variable' | 'open' | 'else' | 'close';
}

export const FORMS = ['{{name}}', '{{#if name}}', '{{else}}', '{{/if}}', '{{#each name}}', '{{/each}}'];

const NAME = '[a-z_]+(?:\\.[a-zA-Z_]+)?';
/** All that may stand between braces; what is not one of these is refused, whatever Handlebars would make of it. */
const KINDS: readonly (readonly [form: RegExp, kind: Mark['kind']])[] = [
  [/^\{\{else\}\}$/, 'else'],
  [new RegExp(`^\\{\\{else if ${NAME}\\}\\}$`), 'else'],
  [new RegExp(`^\\{\\{#(?:if|each) ${NAME}\\}\\}$`), 'open'],
  [/^\{\{\/(?:if|each)\}\}$/, 'close'],
  [new RegExp(`^\\{\\{${NAME}\\}\\}$`), 'variable'],
];

/** What people are told of what they may not write, by its beginning. */
const REFUSED: readonly (readonly [begins: RegExp, message: string])[] = [
  [/^\{\{\{/, 'Three braces would put text into the mail as it is: two are enough'],
  [/^\{\{~?\s*&/, '& would put text into the mail as it is: leave it out'],
  [/^\{\{~?\s*#?\s*>/, 'Pieces of other texts cannot be used here'],
  [/^\{\{~?\s*#?\s*\*/, 'Decorators cannot be used here'],
  [/^\{\{~?\s*!/, 'Comments would be lost: leave them out'],
  [/^\{\{~?\s*(?:#|\/|\^)/, 'Only if and each can be used'],
  [/@|\.\.|\[|\bthis\b|__proto__|constructor|prototype/, 'Only the variables below can be used'],
  [/^\{\{~?\s*[\w.]+\s+\S/, 'A variable stands alone: nothing can be called'],
  [/~/, 'Leave ~ out'],
];

/** Every pair of braces in a text, and those that are none of the forms. Written for people: Handlebars itself says too little of a mistake. */
export function readMarks(source: string): { marks: Mark[]; faults: Fault[] } {
  const marks: Mark[] = [];
  const faults: Fault[] = [];
  for (const { 0: mark, index: at } of source.matchAll(/\{\{[^}]*\}{0,4}/g)) {
    const kind = KINDS.find(([form]) => form.test(mark))?.[1];
    if (source[at - 1] === '\\') faults.push({ at: at - 1, message: 'Leave the backslash out', allowed: FORMS });
    else if (kind) marks.push({ at, end: at + mark.length, kind });
    else faults.push({ at, message: messageOf(mark), allowed: FORMS });
  }
  return { marks, faults };
}

function messageOf(mark: string): string {
  if (!mark.endsWith('}}')) return 'Two closing braces are missing: }}';
  return REFUSED.find(([begins]) => begins.test(mark))?.[1] ?? 'This is none of the forms that can be used';
}
