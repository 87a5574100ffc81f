import { decodeBytes, isKnownCharset } from './charset.ts';
import { decodeHeaderText } from './header-words.ts';

/** A header with parameters, such as Content-Type: the value in lower case, the parameters decoded, RFC 2231. */
export interface ParameterHeader {
  value: string;
  params: ReadonlyMap<string, string>;
}

interface RawParameter {
  name: string;
  text: string;
  quoted: boolean;
}

const MAX_PARAMETERS = 200;

/** Reads a header with parameters from its raw latin1 value. Continuations, charsets and comments as in RFC 2231. */
export function parseParameters(raw: string, hint: string | null = null): ParameterHeader {
  const [head = '', ...rest] = splitSemicolons(raw);
  const value = stripComments(head).trim().toLowerCase();
  const plain = new Map<string, string>();
  const continued = new Map<string, Map<number, RawParameter & { encoded: boolean }>>();
  for (const piece of rest.slice(0, MAX_PARAMETERS)) {
    const parameter = readParameter(piece);
    if (parameter) collect(parameter, plain, continued, hint);
  }
  for (const [name, pieces] of continued) plain.set(name, joinPieces(pieces, hint));
  return { value, params: plain };
}

function collect(
  parameter: RawParameter,
  plain: Map<string, string>,
  continued: Map<string, Map<number, RawParameter & { encoded: boolean }>>,
  hint: string | null,
): void {
  const encoded = parameter.name.endsWith('*');
  const [name = '', index] = parameter.name.replace(/\*$/, '').split('*');
  if (index === undefined && !encoded) {
    if (!plain.has(name)) plain.set(name, decodeHeaderText(parameter.text, hint));
    return;
  }
  const pieces = continued.get(name) ?? new Map<number, RawParameter & { encoded: boolean }>();
  const at = Number(index ?? 0);
  if (Number.isInteger(at) && !pieces.has(at)) pieces.set(at, { ...parameter, encoded });
  continued.set(name, pieces);
}

/** All pieces in order; the charset stands in the first one, before two apostrophes. */
function joinPieces(pieces: Map<number, { text: string; encoded: boolean }>, hint: string | null): string {
  const ordered = [...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece);
  const [charset, , start] = ordered[0]?.encoded ? splitTwice(ordered[0].text) : ['', '', ordered[0]?.text ?? ''];
  const bytes = ordered.map((piece, i) => {
    const text = i === 0 ? start : piece.text;
    return piece.encoded ? percentBytes(text) : Buffer.from(text, 'latin1');
  });
  const joined = Buffer.concat(bytes);
  if (isKnownCharset(charset)) return decodeBytes(joined, charset, hint);
  return decodeHeaderText(joined.toString('latin1'), hint);
}

function splitTwice(text: string): [string, string, string] {
  const first = text.indexOf("'");
  const second = text.indexOf("'", first + 1);
  if (first < 0 || second < 0) return ['', '', text];
  return [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

function percentBytes(text: string): Buffer {
  return Buffer.from(
    text.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}

function readParameter(piece: string): RawParameter | null {
  const equals = piece.indexOf('=');
  if (equals < 0) return null;
  const name = stripComments(piece.slice(0, equals)).trim().toLowerCase();
  const text = piece.slice(equals + 1).trim();
  if (name === '') return null;
  if (!text.startsWith('"')) return { name, text: stripComments(text).trim(), quoted: false };
  return { name, text: unquote(text), quoted: true };
}

/** The content of a quoted string; a missing end quote ends at the end. */
function unquote(text: string): string {
  let out = '';
  for (let i = 1; i < text.length; i++) {
    const char = text[i] ?? '';
    if (char === '"') break;
    // Windows paths as names: a backslash escapes only what needs it.
    if (char === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\')) out += text[++i] ?? '';
    else out += char;
  }
  return out;
}

/** Pieces between semicolons that stand outside quotes. */
function splitSemicolons(raw: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i];
    if (char === '\\' && quoted) i++;
    else if (char === '"') quoted = !quoted;
    else if (char === ';' && !quoted) {
      pieces.push(raw.slice(from, i));
      from = i + 1;
    }
  }
  pieces.push(raw.slice(from));
  return pieces;
}

function stripComments(text: string): string {
  if (!text.includes('(')) return text;
  let out = '';
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    else if (char === ')' && depth > 0) depth--;
    else if (depth === 0) out += char;
  }
  return depth > 0 ? text : out;
}
