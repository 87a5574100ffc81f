import { isBlankLine, isRule, type Line } from './lines.ts';
import { fold, MOBILE_ENDS, MOBILE_LINES, MOBILE_STARTS } from './word-tables.ts';

/** What phones and apps are called in the lines they append. */
const DEVICES = new Set(
  'iphone ipad ipod blackberry android samsung galaxy htc nokia windows mobile phone cell handset smartphone tablet mac outlook mail yahoo gmail airmail mailbox typeapp bluemail spark proton protonmail huawei xiaomi redmi oneplus sony lg motorola pixel lumia surface device handy mobilgerät mobiltelefon smarttelefon móvil movil celular telefon téléphone portable cellulare telefono telefoon mobiel mobil matkapuhelin acompli aol thunderbird k-9'.split(
    ' ',
  ),
);
const MAX_MOBILE = 110;
const MAX_RULED_LINES = 8;
const MAX_RULED_WIDTH = 70;

/**
 * Index at which the signature of a run of own lines begins, or its end when there is none: behind a delimiter
 * (RFC 3676 §4.3 `-- ` and its relatives), or a line that a phone appended. A closing such as `Kind regards, Anna` is
 * what the person wrote and stays. `inCode` tells which lines are code.
 */
export function signatureStart(lines: readonly Line[], inCode: (index: number) => boolean): number {
  for (let i = 0; i < lines.length; i++) {
    if (inCode(i)) continue;
    if (isDelimiter(lines, i)) return i;
    if (isMobileLine(lines[i]?.text ?? '') && standsAlone(lines, i)) return i;
  }
  return mobileTail(lines);
}

function isDelimiter(lines: readonly Line[], at: number): boolean {
  const bare = (lines[at]?.text ?? '').replaceAll('\u00a0', ' ').trim();
  if (bare === '--' || bare === '—' || bare === '- --') return true;
  if (!isRule(bare) || bare.includes(' ')) return false;
  const rest = lines.slice(at + 1, at + 2 + MAX_RULED_LINES * 2).filter((line) => !isBlankLine(line));
  if (rest.length === 0 || rest.length > MAX_RULED_LINES || lines.length - at > MAX_RULED_LINES * 2) return false;
  return rest.every(
    ({ text }) =>
      text.length <= MAX_RULED_WIDTH &&
      !/[.!?:]$/.test(text.trim()) &&
      !isRule(text) &&
      !/^\s*(?:[-*•#]|\d+[.)])/.test(text),
  );
}

/** A mobile line in the middle counts only as a paragraph of its own: people write "Sent from my desk" too. */
function standsAlone(lines: readonly Line[], at: number): boolean {
  return (
    at > 0 &&
    isBlankLine(lines[at - 1]) &&
    (at === lines.length - 1 || isBlankLine(lines[at + 1]) || isMobileLine(lines[at + 1]?.text ?? ''))
  );
}

/** Mobile lines at the very end, blank lines between them included. */
function mobileTail(lines: readonly Line[]): number {
  let start = lines.length;
  for (let i = lines.length - 1; i >= 0; i--) {
    if (isMobileLine(lines[i]?.text ?? '')) start = i;
    else if (!isBlankLine(lines[i])) break;
  }
  return start;
}

/** `Sent from my iPhone`, in any language of the table. */
export function isMobileLine(text: string): boolean {
  if (text.length > MAX_MOBILE * 3) return false;
  const bare = fold(text)
    .replaceAll(/<[^<>]*>|\((?:https?:)[^()]*\)/g, '')
    .replaceAll(/^[\s*_<([]+|[\s*_>)\].!]+$/g, '')
    .replaceAll(/[[\]]/g, '');
  if (bare === '' || bare.length > MAX_MOBILE) return false;
  if (MOBILE_LINES.has(bare)) return true;
  const words = bare.split(/\s+/);
  if (MOBILE_ENDS.some((end) => bare.endsWith(end))) return words.length <= 8;
  const start = MOBILE_STARTS.find((words) => bare.startsWith(words));
  if (start === undefined) return false;
  const rest = bare
    .slice(start.length)
    .trim()
    .split(/[\s,.;]+/)
    .filter(Boolean);
  if (rest.slice(0, 4).some((word) => DEVICES.has(word) || DEVICES.has(word.replace(/^my|^mein/, '')))) return true;
  return rest.length > 0 && rest.length <= 3 && !/[,;?!]/.test(bare);
}
