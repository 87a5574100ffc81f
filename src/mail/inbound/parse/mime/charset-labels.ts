/** Charset labels seen in mail that the WHATWG list does not know, without their punctuation, and what they mean. */
const ALIASES: Readonly<Record<string, string>> = {
  '646': 'us-ascii',
  ansi: 'windows-1252',
  ansix341968: 'us-ascii',
  ascii: 'us-ascii',
  big5hk: 'big5',
  big5hkscs: 'big5',
  csascii: 'us-ascii',
  cseuckr: 'euc-kr',
  csiso88598e: 'iso-8859-8',
  gb23121980: 'gbk',
  gb2312charset: 'gbk',
  iso2022jp1: 'iso-2022-jp',
  iso2022jp2: 'iso-2022-jp',
  iso2022jp3: 'iso-2022-jp',
  iso2022jpms: 'iso-2022-jp',
  iso88591windows31latin1: 'windows-1252',
  iso885911: 'windows-874',
  iso88598e: 'iso-8859-8',
  isogb2312: 'gbk',
  jis: 'iso-2022-jp',
  ksc56011987: 'euc-kr',
  ksc56011989: 'euc-kr',
  latin: 'iso-8859-1',
  latin9: 'iso-8859-15',
  mac: 'macintosh',
  macroman: 'macintosh',
  shiftjis2004: 'shift_jis',
  tis620: 'windows-874',
  uhc: 'euc-kr',
  unicode: 'utf-16le',
  unicode11utf8: 'utf-8',
  utf: 'utf-8',
  utf8mac: 'utf-8',
  utf8mb4: 'utf-8',
  utf8sig: 'utf-8',
  windows31j: 'shift_jis',
  xgbk: 'gbk',
  xmacroman: 'macintosh',
};
/** Windows code pages by their number, where it is not `windows-` and that number. */
const CODEPAGES: Readonly<Record<number, string>> = {
  866: 'ibm866',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  10007: 'x-mac-cyrillic',
  20127: 'us-ascii',
  20866: 'koi8-r',
  20932: 'euc-jp',
  21866: 'koi8-u',
  50220: 'iso-2022-jp',
  50221: 'iso-2022-jp',
  50222: 'iso-2022-jp',
  51932: 'euc-jp',
  51936: 'gbk',
  51949: 'euc-kr',
  54936: 'gb18030',
  65000: 'utf-7',
  65001: 'utf-8',
};
/** Spellings of the same that differ only in punctuation. */
const PLAIN = new Map(
  [
    ...Array.from({ length: 16 }, (_, i) => `iso-8859-${i + 1}`),
    ...Array.from({ length: 9 }, (_, i) => `windows-125${i}`),
    ...[
      'utf-8',
      'utf-16',
      'utf-16le',
      'utf-16be',
      'utf-32',
      'us-ascii',
      'koi8-r',
      'koi8-u',
      'big5',
      'euc-jp',
      'euc-kr',
    ],
    ...['shift_jis', 'iso-2022-jp', 'gb2312', 'gbk', 'gb18030', 'windows-874', 'macintosh'],
  ].map((name) => [squash(name), name]),
);
const MAX_LABEL = 60;

/** One name for each charset, in lower case, from what a mail calls it: `UTF_8`, `"utf-8"`, `charset=utf-8`, `cp65001`. */
export function canonicalCharset(label: string | null): string {
  const name = (label ?? '')
    .slice(0, MAX_LABEL)
    .toLowerCase()
    .replaceAll(/["'\s]|charset=/g, '')
    .replace(/[;,].*$/, '');
  const squashed = squash(name);
  const alias = ALIASES[squashed] ?? PLAIN.get(squashed);
  if (alias !== undefined) return alias;
  const page = /^(?:x?cp|windows|win|xwindows|ibm|ms|dos)(\d{3,5})$/.exec(squashed)?.[1];
  return page === undefined ? name : codepageCharset(Number(page));
}

/** The charset of a Windows or DOS code page. */
export function codepageCharset(page: number): string {
  const iso = page > 28590 && page < 28607 ? `iso-8859-${page - 28590}` : null;
  return iso ?? CODEPAGES[page] ?? (page === 874 || (page >= 1250 && page <= 1258) ? `windows-${page}` : `cp${page}`);
}

function squash(name: string): string {
  return name.replaceAll(/[-_ :.]/g, '');
}
