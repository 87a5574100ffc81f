/** Code pages of the character sets of fonts, RTF 1.9 `\fcharset`. */
const CHARSETS: Readonly<Record<number, number>> = {
  0: 1252,
  77: 10000,
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
};

/** Code page of a font's character set; null when it has that of the document. */
export function codepageOfCharset(charset: number): number | null {
  return CHARSETS[charset] ?? null;
}
