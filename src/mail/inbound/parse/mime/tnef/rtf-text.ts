import { decodeCodepage } from './codepage.ts';
import { codepageOfCharset } from './rtf-fonts.ts';

/** What rich text says: `html` when it only carries html (MS-OXRTFEX), else `text`. */
export interface RichText {
  text: string | null;
  html: string | null;
}

/** State that a group inherits and gives back at its end. */
interface Group {
  /** Nothing of this destination is said. */
  hidden: boolean;
  /** Rich text that repeats carried html for readers that know no html. */
  repeated: boolean;
  fonts: boolean;
  codepage: number;
  /** Characters that stand behind `\u` for readers that know no Unicode. */
  fallback: number;
}

const MAX_DEPTH = 1000;
const HIDDEN = new Set(
  'colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf footnote ftnsep listtable listoverridetable rsidtbl generator themedata datastore latentstyles xmlnstbl fldinst bkmkstart bkmkend mhtmltag filetbl revtbl nonshppict'.split(
    ' ',
  ),
);
const SPOKEN: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  sect: '\n',
  page: '\n',
  row: '\n',
  tab: '\t',
  cell: '\t',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  endash: '–',
  emdash: '—',
  emspace: ' ',
  enspace: ' ',
  '~': '\u00a0',
  _: '\u2011',
  '-': '',
  '{': '{',
  '}': '}',
  '\\': '\\',
  '\n': '\n',
  '\r': '\n',
};
const CODEPAGES: Readonly<Record<string, number>> = { ansi: 1252, mac: 10000, pc: 437, pca: 850 };
/** A control word with its number, a hex byte or a control symbol, behind the backslash. */
const CONTROL = /([a-z]{1,32})(-?\d{1,10})? ?|'([0-9a-f]{2})|([^])/iy;

/**
 * What a reader sees of rich text (RTF 1.9), given as bytes; pictures, tables of fonts and the like are left out. Html
 * that Outlook packed into it comes out as html. One pass; each character is looked at once.
 */
export function readRtf(bytes: Buffer): RichText | null {
  const source = bytes.toString('latin1');
  if (!source.startsWith('{\\rtf')) return null;
  const reader = new RtfReader(source);
  return reader.read();
}

class RtfReader {
  private readonly source: string;
  private readonly stack: Group[] = [];
  private group: Group = { hidden: false, repeated: false, fonts: false, codepage: 1252, fallback: 1 };
  private readonly fontPages = new Map<number, number>();
  private documentPage = 1252;
  private font = 0;
  private isHtml = false;
  /** The next control word names a destination that may be ignored. */
  private optional = false;
  private skipped = 0;
  private out: string[] = [];
  private pending = '';
  private pendingPage = 1252;

  constructor(source: string) {
    this.source = source;
  }

  read(): RichText {
    const { source } = this;
    let at = 0;
    while (at < source.length) {
      const char = source[at] ?? '';
      if (char === '\\') at = this.control(at + 1);
      else {
        if (char === '{') this.open();
        else if (char === '}') {
          if (!this.close()) break;
        } else if (char !== '\r' && char !== '\n') this.byte(char);
        at++;
      }
    }
    this.flush();
    const said = this.out.join('').trimEnd();
    return this.isHtml ? { text: null, html: said } : { text: said, html: null };
  }

  private open(): void {
    this.skipped = 0;
    if (this.stack.length < MAX_DEPTH) this.stack.push({ ...this.group });
    this.optional = false;
  }

  private close(): boolean {
    this.skipped = 0;
    const group = this.stack.pop();
    if (group) this.group = group;
    return this.stack.length > 0;
  }

  private control(at: number): number {
    CONTROL.lastIndex = at;
    const match = CONTROL.exec(this.source);
    if (!match) return this.source.length;
    const [, word, digits, hex, symbol] = match;
    if (hex !== undefined) this.byte(String.fromCharCode(parseInt(hex, 16)));
    else if (word === 'bin') return CONTROL.lastIndex + Math.max(0, Number(digits ?? 0));
    else if (word !== undefined) this.word(word.toLowerCase(), digits === undefined ? null : Number(digits));
    else if (symbol === '*') this.optional = true;
    else if (symbol !== undefined) this.say(SPOKEN[symbol] ?? '');
    return CONTROL.lastIndex;
  }

  private word(word: string, number: number | null): void {
    const optional = this.optional;
    this.optional = false;
    const { group } = this;
    if (word === 'u' && number !== null) this.unicode(number);
    else if (word === 'uc') group.fallback = Math.min(Math.max(number ?? 1, 0), 100);
    else if (word === 'fromhtml') this.isHtml = number !== 0;
    else if (word === 'htmltag' || word === 'pntext') group.hidden = this.isHtml === (word === 'pntext');
    else if (word === 'htmlrtf') group.repeated = number !== 0;
    else if (word === 'fonttbl') Object.assign(group, { fonts: true, hidden: true });
    else if (optional || HIDDEN.has(word)) group.hidden = true;
    else if (SPOKEN[word] !== undefined && word.length > 1) this.say(SPOKEN[word] ?? '');
    else this.setCharset(word, number);
  }

  private setCharset(word: string, number: number | null): void {
    const { group } = this;
    if (word === 'ansicpg' && number !== null) this.documentPage = group.codepage = number;
    else if (CODEPAGES[word] !== undefined) this.documentPage = group.codepage = CODEPAGES[word] ?? 1252;
    else if (word === 'f' && number !== null) {
      this.font = number;
      if (!group.fonts) group.codepage = this.fontPages.get(number) ?? this.documentPage;
    } else if (word === 'fcharset' && number !== null && group.fonts) {
      const page = codepageOfCharset(number);
      if (page !== null && number !== 0) this.fontPages.set(this.font, page);
    } else if (word === 'plain') group.codepage = this.documentPage;
  }

  private unicode(number: number): void {
    this.say(String.fromCharCode(number & 0xffff));
    this.skipped = this.group.fallback;
  }

  /** A character of the code page in force: bytes are collected, because one character may be two of them. */
  private byte(char: string): void {
    if (this.skipped > 0) this.skipped--;
    else if (this.isSaid()) {
      if (this.pendingPage !== this.group.codepage) this.flush();
      this.pendingPage = this.group.codepage;
      this.pending += char;
    }
  }

  private say(text: string): void {
    if (this.skipped > 0) this.skipped--;
    else if (text !== '' && this.isSaid()) {
      this.flush();
      this.out.push(text);
    }
  }

  private isSaid(): boolean {
    return !this.group.hidden && !(this.isHtml && this.group.repeated);
  }

  private flush(): void {
    if (this.pending === '') return;
    this.out.push(decodeCodepage(Buffer.from(this.pending, 'latin1'), this.pendingPage));
    this.pending = '';
  }
}
