import Handlebars from 'handlebars';
import type { MailTemplate } from '../mail-template.ts';
import { checkHtml, type Output } from './check-html.ts';
import { FORMS, readMarks } from './check-marks.ts';
import { placeOf, type Fault, type Part, type Refusal } from './refusal.ts';
import { variablesOf, type Variable } from './variables.ts';

/** Characters of a part, and blocks in blocks. */
export const LONGEST: Readonly<Record<Part, number>> = { subject: 500, text: 20_000, html: 40_000 };
const DEEPEST = 5;
/** So many at once help; more would be noise. */
const SHOWN = 10;

/**
 * Why a text cannot be a part of a mail, none when it can (T23). Two walls: the text may hold only the forms of `check-marks.ts`, and what
 * Handlebars reads in it may hold only variables, `if` and `each`, over the paths that this mail may use.
 */
export function checkTemplate(template: MailTemplate, part: Part, source: string): Refusal[] {
  if (typeof source !== 'string') return [{ part, line: 1, column: 1, message: 'This is no text', allowed: [] }];
  return faultsOf(template, part, source)
    .toSorted((a, b) => a.at - b.at)
    .slice(0, SHOWN)
    .map(({ at, message, allowed }) => ({ part, ...placeOf(source, at), message, allowed }));
}

function faultsOf(template: MailTemplate, part: Part, source: string): Fault[] {
  if (source.length > LONGEST[part]) return [fault(LONGEST[part], `It is longer than ${LONGEST[part]} characters`)];
  if (source.trim() === '') return [fault(0, 'It is empty')];
  const { marks, faults } = readMarks(source);
  if (faults.length > 0) return faults;
  const outputs: Output[] = [];
  const known = variablesOf(template);
  const walk = readBlocks(source, { part, source, known, outputs, depth: 0 });
  if (walk.length > 0) return walk;
  if (part === 'subject')
    return source.trim().includes('\n') ? [fault(source.trim().indexOf('\n'), 'It is one line')] : [];
  const missing = known.filter(({ path, needed }) => needed && !source.includes(`{{${path}}}`));
  const without = missing.map(({ path }) => fault(0, `The mail is of no use without {{${path}}}`, [`{{${path}}}`]));
  return part === 'html' ? [...without, ...checkHtml(source, marks, outputs)] : without;
}

function fault(at: number, message: string, allowed: readonly string[] = []): Fault {
  return { at, message, allowed };
}

interface Walk {
  part: Part;
  source: string;
  known: readonly Variable[];
  outputs: Output[];
  depth: number;
}

function readBlocks(source: string, walk: Walk): Fault[] {
  try {
    return checkBody(Handlebars.parse(source).body, walk);
  } catch (error) {
    return [syntaxFault(source, error)];
  }
}

/** Handlebars names a line and points below it, or says line and column at the end. */
function syntaxFault(source: string, error: unknown): Fault {
  const message = error instanceof Error ? error.message : '';
  const line = Number(/ - (\d+):\d+$/.exec(message)?.[1] ?? /on line (\d+)/.exec(message)?.[1] ?? 1);
  const at =
    source
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length + (line > 1 ? 1 : 0);
  const words = message.includes("doesn't match")
    ? 'A block ends with the name that it began with'
    : 'A block is not closed, or one is closed that was not opened';
  return fault(Math.min(at, source.length), words, FORMS);
}

function checkBody(body: readonly hbs.AST.Statement[], walk: Walk): Fault[] {
  return body.flatMap((statement) => {
    if (statement.type === 'ContentStatement') return [];
    if (statement.type === 'MustacheStatement') return checkVariable(statement as hbs.AST.MustacheStatement, walk);
    if (statement.type === 'BlockStatement') return checkBlock(statement as hbs.AST.BlockStatement, walk);
    return [fault(offsetOf(walk.source, statement.loc.start), 'Only variables, if and each can be used', FORMS)];
  });
}

function checkVariable({ path, params, hash, escaped, loc }: hbs.AST.MustacheStatement, walk: Walk): Fault[] {
  const at = offsetOf(walk.source, loc.start);
  if (!escaped || params.length > 0 || (hash?.pairs.length ?? 0) > 0)
    return [fault(at, 'A variable stands alone: nothing can be called', FORMS)];
  const found = lookUp(path, walk.known);
  const printable = walk.known.filter(({ kind }) => mayPrint(kind, walk.part)).map((one) => `{{${one.path}}}`);
  if (!found) return [fault(at, `This mail has no such variable here`, printable)];
  if (!mayPrint(found.kind, walk.part)) return [fault(at, MISUSED[found.kind] ?? 'It cannot stand here', printable)];
  walk.outputs.push({ at, kind: found.kind });
  return [];
}

const MISUSED: Partial<Record<Variable['kind'], string>> = {
  flag: 'It is only yes or no: ask for it with if',
  list: 'It is a list: go through it with each',
  url: 'A subject carries no links',
  words: 'A subject is one line: these are paragraphs',
};

function mayPrint(kind: Variable['kind'], part: Part): boolean {
  return kind === 'text' || (part !== 'subject' && (kind === 'url' || kind === 'words'));
}

function checkBlock(block: hbs.AST.BlockStatement, walk: Walk): Fault[] {
  const at = offsetOf(walk.source, block.loc.start);
  const name = block.path.type === 'PathExpression' ? (block.path as hbs.AST.PathExpression).original : '';
  const [param, ...more] = block.params;
  const named = (block.program?.blockParams?.length ?? 0) + (block.inverse?.blockParams?.length ?? 0);
  if ((name !== 'if' && name !== 'each') || !param || more.length + (block.hash?.pairs.length ?? 0) + named > 0)
    return [fault(at, 'Only if and each can be used, over one variable', FORMS)];
  if (walk.depth >= DEEPEST) return [fault(at, `Not more than ${DEEPEST} blocks in one another`)];
  const lists = walk.known.filter(({ kind }) => name === 'if' || kind === 'list');
  const found = lookUp(param, lists);
  if (!found)
    return [
      fault(
        at,
        name === 'if' ? 'This mail has no such variable here' : 'This mail has no such list',
        lists.map(({ path }) => path),
      ),
    ];
  const inside = { ...walk, depth: walk.depth + 1, known: name === 'each' ? found.items : walk.known };
  return [
    ...checkBody(block.program?.body ?? [], inside),
    ...checkBody(block.inverse?.body ?? [], { ...walk, depth: walk.depth + 1 }),
  ];
}

/** A path is one of ours by its parts, letter by letter: nothing is looked up in an object, so there is no prototype to reach. */
function lookUp(path: hbs.AST.Expression, known: readonly Variable[]): Variable | undefined {
  if (path.type !== 'PathExpression') return undefined;
  const { data, depth, parts, original } = path as hbs.AST.PathExpression;
  if (data || depth !== 0 || parts.join('.') !== original) return undefined;
  return known.find((variable) => variable.path === original);
}

function offsetOf(source: string, { line, column }: { line: number; column: number }): number {
  const before = source.split('\n').slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column;
}
