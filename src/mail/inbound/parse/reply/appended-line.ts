import { trimEndChars } from './trim.ts';
import { anyOf, APPENDED_PATTERNS, fold, type AppendedPattern } from './word-tables.ts';

/** What phones, systems and mail apps are called in the lines they append, as beginnings of words. */
const DEVICES: readonly string[] = (
  'iphone iphon ipad ipod ios blackberry android samsung galax huawei honor xiaomi redmi oneplus oppo vivo sony lg motorola pixel htc nokia ' +
  'lumia lte windows surface mobile mobil handy phone cell handset smartphone smartfon smarttelef tablet device gerät appareil telefon téléphone ' +
  'móvil movil celular cellulare telefono telefoon puhelim matkapuhel mac outlook mail e-mail email e-post correo courrier posta poczt pošta ' +
  'yahoo gmail airmail mailbox typeapp bluemail spark proton acompli aol thunderbird k-9 nine gmx web.de устройств мобильн телефон почт приложен ' +
  '手机 手機 平板 갤럭시 휴대폰 아이폰 스마트폰 メール スマートフォン スマホ 邮件 郵件 邮箱'
).split(' ');
const DEVICE = new RegExp(String.raw`(?<![\p{Ll}])(?:${anyOf(DEVICES)})`, 'gu');
const BY_START = Map.groupBy(
  APPENDED_PATTERNS.filter(({ start }) => start !== ''),
  ({ start }) => start[0] ?? '',
);
const ENDING = APPENDED_PATTERNS.filter(({ start }) => start === '');
const ENDS = new RegExp(anyOf(ENDING.map(({ end }) => end.slice(-4))), 'iu');
const SHORTEST = Math.min(...APPENDED_PATTERNS.map(({ start, end }) => start.length + end.length));
const MAX_LENGTH = 110;
const MAX_WORDS = 13;
const MAX_BEFORE_DEVICE = 34;
const MAX_WORDS_BEHIND_DEVICE = 4;

/** `Sent from my iPhone`: a line that a phone or app appended, in any language of the table. */
export function isAppendedLine(text: string): boolean {
  if (text.length < SHORTEST || text.length > MAX_LENGTH * 3) return false;
  const candidates = candidatesFor(text);
  if (candidates.length === 0) return false;
  const written = text.replaceAll(/<[^<>]*>|\(https?:[^()]*\)/g, '').replaceAll(/[[\]]/g, '');
  const plain = trimEndChars(written.replace(/^[\s*_<(]+/, ''), ' \t\u00a0*_>).!。');
  const bare = fold(plain);
  if (bare === '' || bare.length > MAX_LENGTH || bare.split(/\s+/).length > MAX_WORDS) return false;
  return candidates.some((pattern) => fits(bare, plain, pattern));
}

/** The patterns that the first and the last letter of a line allow: of most lines none. */
function candidatesFor(text: string): readonly AppendedPattern[] {
  const first = fold(/[\p{L}\p{N}]/u.exec(text.slice(0, 20))?.[0] ?? '');
  const starting = BY_START.get(first) ?? [];
  return ENDING.length > 0 && ENDS.test(text.slice(-12)) ? [...starting, ...ENDING] : starting;
}

function fits(bare: string, plain: string, { start, end, exact }: AppendedPattern): boolean {
  if (exact) return bare === start;
  if (!bare.startsWith(start) || !bare.endsWith(end) || bare.length < start.length + end.length) return false;
  if (continuesWord(start, bare[start.length])) return false;
  const middle = bare.slice(start.length, bare.length - end.length);
  if (middle.trim() === '') return bare.includes(' ') && namesDevice(bare, bare, plain);
  if (end !== '') return namesDevice(middle, middle, plain) && (start !== '' || middle.split(/\s+/).length <= 6);
  return (
    namesDevice(`${start.split(' ').at(-1)} ${middle}`, middle, plain) ||
    isProductName(start, plain.slice(start.length))
  );
}

/** `get…` is not the beginning of `getting`; scripts that join words do not have the question. */
function continuesWord(start: string, next: string | undefined): boolean {
  return (
    start !== '' && /[\p{Ll}\d]$/u.test(start) && next !== undefined && /[a-z\u00df-\u024f\u0370-\u04ff]/.test(next)
  );
}

/** A device soon, and little behind the last one: people go on, phones do not. */
function namesDevice(words: string, middle: string, plain: string): boolean {
  const found = [...words.matchAll(DEVICE)];
  const [first] = found;
  const last = found.at(-1);
  if (!first || !last || first.index > MAX_BEFORE_DEVICE) return false;
  const behind = middle.slice(Math.max(0, last.index - (words.length - middle.length)));
  const count = behind.split(/\s+/).length - 1;
  if (/^[^\s]*[.,;:(]/.test(behind) || count <= MAX_WORDS_BEHIND_DEVICE) return true;
  return /\p{Lu}/u.test(plain.slice(-behind.length).replace(/^\S+/, ''));
}

/** `Sent from Mailspring`: nothing but one or two names, and a word that says whence. */
function isProductName(start: string, plain: string): boolean {
  if (!/ \S/.test(start) || /^(?:get|sent by|from my)/.test(start)) return false;
  const words = plain.trim().split(/\s+/);
  return words.length <= 2 && words.every((word) => /^\p{Lu}[\p{L}\p{N}.]*$/u.test(word));
}
