/** A file that was written into a text. */
export interface EnclosedFile {
  filename: string;
  bytes: Buffer;
}

const BEGIN = /^begin(-base64)? [0-7]{3,4} (\S.{0,254})$/;
const MAX_FILES = 100;

/**
 * Files written into a text the old way (`begin 644 name`, POSIX uuencode, also its base64 form), and the text without
 * them. What only looks like one stays text: every line must have the length its first character tells, and the file
 * must end as one. A line that ends a candidate is the next to be looked at, so the work is linear.
 */
export function unpackUuencoded(text: string): { text: string; files: EnclosedFile[] } {
  if (!/^begin(?:-base64)? /m.test(text)) return { text, files: [] };
  const lines = text.split('\n');
  const kept: string[] = [];
  const files: EnclosedFile[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const begin = line.startsWith('begin') && files.length < MAX_FILES ? BEGIN.exec(line.trimEnd()) : null;
    if (!begin) {
      kept.push(line);
      continue;
    }
    const { bytes, end } = begin[1] ? readBase64(lines, at + 1) : readLines(lines, at + 1);
    if (bytes && bytes.length > 0) files.push({ filename: (begin[2] ?? '').trim(), bytes });
    else for (const other of lines.slice(at, end)) kept.push(other);
    at = end - 1;
  }
  return { text: kept.join('\n'), files };
}

/** Content of a file, or null, and the index behind what was looked at. */
interface Content {
  bytes: Buffer | null;
  end: number;
}

function readLines(lines: readonly string[], from: number): Content {
  const chunks: Buffer[] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const chunk = decodeLine((lines[at] ?? '').trimEnd());
    if (chunk === null) break;
    if (chunk.length > 0) chunks.push(chunk);
  }
  if ((lines[at] ?? '').trimEnd() !== 'end') return { bytes: null, end: at };
  return { bytes: Buffer.concat(chunks), end: at + 1 };
}

/** The first character tells how many bytes follow, four characters for each three; blanks at the end may have been lost. */
function decodeLine(line: string): Buffer | null {
  if (line === '' || line === '`') return Buffer.alloc(0);
  const length = value(line, 0);
  const chars = Math.ceil(length / 3) * 4;
  // Some encoders add a check character, some leave out what the last group does not need.
  if (line === 'end' || length === 0 || line.length > chars + 2 || !isEncoded(line)) return null;
  const bytes = Buffer.alloc(length + 3);
  for (let at = 0, from = 1; at < length; at += 3, from += 4) {
    const group = (value(line, from) << 18) | (value(line, from + 1) << 12) | (value(line, from + 2) << 6);
    bytes.writeUIntBE(group | value(line, from + 3), at, 3);
  }
  return bytes.subarray(0, length);
}

/** Six bits; a grave accent and a blank are both zero, and so is a blank that was lost. */
function value(line: string, at: number): number {
  return at < line.length ? (line.charCodeAt(at) - 32) & 63 : 0;
}

function isEncoded(line: string): boolean {
  for (let i = 0; i < line.length; i++) if (line.charCodeAt(i) < 32 || line.charCodeAt(i) > 96) return false;
  return true;
}

function readBase64(lines: readonly string[], from: number): Content {
  let at = from;
  while (at < lines.length && /^[A-Za-z0-9+/]{1,100}={0,2}$/.test((lines[at] ?? '').trimEnd())) at++;
  if ((lines[at] ?? '').trimEnd() !== '====') return { bytes: null, end: at };
  return { bytes: Buffer.from(lines.slice(from, at).join(''), 'base64'), end: at + 1 };
}
