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
}

const MAX_PARAMETERS = 200;

/** Reads a header with parameters from its raw latin1 value. Continuations, charsets and comments as in RFC 2231. */
export function parseParameters(raw: string, hint: string | null = null): ParameterHeader {
  const { value, pieces } = readPieces(raw);
  const plain = new Map<string, string>();
  const continued = new Map<string, Map<number, RawParameter & { encoded: boolean }>>();
  for (const parameter of pieces) collect(parameter, plain, continued, hint);
  for (const [name, parts] of continued) plain.set(name, joinPieces(parts, hint));
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
    if (!plain.has(name)) plain.set(name, decodePlain(parameter.text, hint));
    return;
  }
  const pieces = continued.get(name) ?? new Map<number, RawParameter & { encoded: boolean }>();
  const at = Number(index ?? 0);
  if (Number.isInteger(at) && !pieces.has(at)) pieces.set(at, { ...parameter, encoded });
  continued.set(name, pieces);
}

/** A value as it stands, save that some clients write the RFC 2231 form into the plain parameter. */
function decodePlain(text: string, hint: string | null): string {
  const [charset, , rest] = splitTwice(text);
  if (charset !== '' && /%[0-9a-f]{2}/i.test(rest) && isKnownCharset(charset))
    return decodeBytes(percentBytes(rest), charset, hint);
  return decodeHeaderText(text, hint);
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

/**
 * The value before the first semicolon, and the parameters. A semicolon that was forgotten behind the value or behind
 * a quoted string is supplied. One pass.
 */
function readPieces(raw: string): { value: string; pieces: RawParameter[] } {
  const pieces: RawParameter[] = [];
  let at = headEnd(raw);
  const value = stripComments(raw.slice(0, at)).trim().toLowerCase();
  while (at < raw.length && pieces.length < MAX_PARAMETERS) {
    at = skip(raw, at, '; \t');
    const end = firstOf(raw, at, '=;');
    const name = stripComments(raw.slice(at, end)).trim().toLowerCase();
    if (raw[end] !== '=') {
      at = end;
      continue;
    }
    const from = skip(raw, end + 1, ' \t');
    const quoted = raw[from] === '"';
    const [text, next] = quoted ? readQuoted(raw, from) : readBare(raw, from);
    if (name !== '') pieces.push({ name, text });
    at = next;
  }
  return { value, pieces };
}

/** Where the parameters begin: at the first semicolon, or at white space before something like `name=`. */
function headEnd(raw: string): number {
  const end = firstOf(raw, 0, ';');
  const start = skip(raw, 0, ' \t');
  const gap = firstOf(raw, start, ' \t');
  const equals = raw.indexOf('=', gap);
  const named = equals > 0 && equals < end && /^[\w*-]+$/.test(raw.slice(gap, equals).trim());
  return named ? gap : end;
}

function readBare(raw: string, from: number): [text: string, next: number] {
  const end = firstOf(raw, from, ';');
  return [stripComments(raw.slice(from, end)).trim(), end];
}

/**
 * A quoted string. Its end is the first quote that something sensible follows, so that quotes which were not escaped
 * stay part of a name; failing that the first quote, and failing that the end.
 */
function readQuoted(raw: string, from: number): [text: string, next: number] {
  let out = '';
  let first: string | null = null;
  for (let i = from + 1; i < raw.length; i++) {
    const char = raw[i] ?? '';
    if (char === '"' && endsHere(raw, i + 1)) return [out, i + 1];
    if (char === '"') first ??= out;
    // Windows paths as names: a backslash escapes only what needs it.
    if (char === '\\' && (raw[i + 1] === '"' || raw[i + 1] === '\\')) out += raw[++i] ?? '';
    else out += char;
  }
  return [first ?? out, raw.length];
}

/** Whether a separator, a comment, the next parameter or nothing follows. Looks a bounded way ahead. */
function endsHere(raw: string, at: number): boolean {
  return /^[ \t]{0,20}(?:[;(]|$|[\w*-]{1,40}=)/.test(raw.slice(at, at + 70));
}

function skip(raw: string, from: number, chars: string): number {
  let at = from;
  while (at < raw.length && chars.includes(raw[at] ?? '')) at++;
  return at;
}

function firstOf(raw: string, from: number, chars: string): number {
  let at = from;
  while (at < raw.length && !chars.includes(raw[at] ?? '')) at++;
  return at;
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
