import { WITHIN, WRITTEN_TAGS } from './mail-tags.ts';
import type { Mark } from './check-marks.ts';
import type { Fault } from './refusal.ts';
import { safeUrl } from './safe-url.ts';
import type { VariableKind } from './variables.ts';

/** A variable with its place and kind. */
export interface Output {
  at: number;
  kind: VariableKind;
}

interface Piece {
  at: number;
  text: string;
  mark: Mark | null;
}

/** What is open at a place: tags, and blocks with how many tags were open when they began. */
interface State {
  open: string[];
  blocks: number[];
  faults: Fault[];
  kinds: Map<number, VariableKind>;
  footers: number;
}

const SHEET = '';

/**
 * What is wrong with the html of a mail text: a tag or attribute that mail clients would not show alike, or that could fetch, run or hide
 * something; a tag that is not closed where it was opened; a link that leads nowhere sure.
 */
export function checkHtml(source: string, marks: readonly Mark[], outputs: readonly Output[]): Fault[] {
  const kinds = new Map(outputs.map(({ at, kind }) => [at, kind]));
  const state: State = { open: [], blocks: [], faults: [], kinds, footers: 0 };
  for (const piece of piecesOf(source, marks)) readPiece(piece, state, marks);
  const [left] = state.open;
  if (left !== undefined)
    state.faults.push({ at: source.length, message: `<${left}> is not closed`, allowed: [`</${left}>`] });
  if (state.footers !== 1 && state.faults.length === 0)
    state.faults.push({ at: source.length, message: 'The text ends with one <footer>', allowed: ['<footer>'] });
  return state.faults;
}

const PIECE = /<[^<>]*>?|[^<]+/g;
/** Stands for a pair of braces while tags are read, so that every place stays what it is. */
const BRACES = '\uE000';

/** Tags, text between them and the braces in that text, in their order. Braces within a tag belong to it. */
function piecesOf(source: string, marks: readonly Mark[]): Piece[] {
  let masked = source.replaceAll(BRACES, '?');
  for (const { at, end } of marks) masked = masked.slice(0, at) + BRACES.repeat(end - at) + masked.slice(end);
  return [...masked.matchAll(PIECE)].flatMap(({ 0: text, index }) => {
    if (text.startsWith('<')) return [{ at: index, text, mark: null }];
    const within = marks.filter(({ at }) => at >= index && at < index + text.length);
    const words = { at: index, text: text.replaceAll(BRACES, ''), mark: null };
    return [words, ...within.map((mark) => ({ at: mark.at, text: '', mark }))];
  });
}

function readPiece(piece: Piece, state: State, marks: readonly Mark[]): void {
  if (piece.mark) readMark(piece.mark, state);
  else if (piece.text.startsWith('<')) readTag(piece, state, marks);
  else if (state.footers > 0 && state.open.length === 0 && piece.text.trim())
    refuse(state, piece.at, 'Nothing stands below the <footer>', []);
  else if (['', 'ul', 'ol', 'dl'].includes(parentOf(state)) && piece.text.trim())
    refuse(state, piece.at + piece.text.search(/\S/), 'Words stand in a paragraph', ['<p>…</p>']);
}

function readMark({ at, kind }: Mark, state: State): void {
  if (kind === 'open') state.blocks.push(state.open.length);
  else if (kind === 'variable') readVariable(at, state);
  else {
    if (state.blocks.at(-1) !== state.open.length)
      refuse(state, at, 'A tag is closed where it was opened: inside the same block', []);
    if (kind === 'close') state.blocks.pop();
  }
}

function readVariable(at: number, state: State): void {
  const isWords = state.kinds.get(at) === 'words';
  if (isWords && parentOf(state) !== SHEET)
    refuse(state, at, 'It has paragraphs of its own: it stands alone, outside of any tag', []);
  if (!isWords && ['', 'ul', 'ol', 'dl'].includes(parentOf(state)))
    refuse(state, at, 'A variable stands in a paragraph', ['<p>…</p>']);
}

const PLAIN = /^<(\/?)(preheader|h1|p|ul|ol|li|dl|dt|dd|b|i|br|a|footer)>$/;
const LINK = /^<a (class="button" )?href="([^"]*)">$/;

function readTag({ at, text }: Piece, state: State, marks: readonly Mark[]): void {
  const link = LINK.exec(text);
  if (link) {
    checkTarget(at + text.indexOf('href="') + 6, link[2] ?? '', state, marks);
    return open(at, link[1] ? 'button' : 'a', state);
  }
  const [, slash, name = ''] = text === '<p class="quiet">' ? ['', '', 'p'] : (PLAIN.exec(text) ?? []);
  if (name === '' || (name === 'a' && !slash) || (name === 'br' && slash))
    return refuse(
      state,
      at,
      text.endsWith('>') ? 'This tag cannot be used' : 'A < begins a tag: write &lt;',
      WRITTEN_TAGS,
    );
  if (slash) return close(at, name, state);
  open(at, name, state);
}

/** Where a link leads: a variable that is an address of the web, or such an address itself. */
function checkTarget(at: number, target: string, state: State, marks: readonly Mark[]): void {
  const mark = marks.find((one) => one.at === at);
  const whole = mark && mark.kind === 'variable' && mark.end - mark.at === target.length;
  if (whole && state.kinds.get(at) === 'url') return;
  if (!target.includes(BRACES) && safeUrl(target) !== '') return;
  refuse(state, at, 'A link leads to a variable that is an address, or to https://, http:// or mailto:', ['https://…']);
}

function open(at: number, name: string, state: State): void {
  const parent = parentOf(state);
  if (!WITHIN[name]?.includes(parent))
    refuse(state, at, `<${tagOf(name)}> cannot stand ${parent ? `in <${tagOf(parent)}>` : 'alone'}`, placesOf(name));
  if (state.blocks.length > 0 && (name === 'footer' || name === 'preheader'))
    refuse(state, at, `<${name}> stands outside of if and each`, []);
  if (name === 'footer') state.footers += 1;
  else if (state.footers > 0 && parent === SHEET) refuse(state, at, 'Nothing stands below the <footer>', []);
  if (name !== 'br') state.open.push(name);
}

function close(at: number, name: string, state: State): void {
  const last = state.open.at(-1);
  const inBlock = state.open.length > (state.blocks.at(-1) ?? 0);
  if (last === undefined || tagOf(last) !== name || !inBlock) {
    refuse(state, at, `There is no <${name}> to close here`, last === undefined ? [] : [`</${tagOf(last)}>`]);
    return;
  }
  state.open.pop();
}

function parentOf({ open: tags }: State): string {
  const last = tags.at(-1) ?? SHEET;
  return last === 'button' ? 'a' : last;
}

function tagOf(name: string): string {
  return name === 'button' ? 'a' : name;
}

function placesOf(name: string): string[] {
  return (WITHIN[name] ?? []).filter((parent) => parent !== SHEET).map((parent) => `<${parent}>`);
}

function refuse({ faults }: State, at: number, message: string, allowed: readonly string[]): void {
  faults.push({ at, message, allowed });
}
