import { decodeBytes } from '../charset.ts';

/** Windows code pages whose charset label is not `windows-` and their number. */
const LABELS: Readonly<Record<number, string>> = {
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  866: 'ibm866',
  10000: 'macintosh',
  10007: 'x-mac-cyrillic',
  20127: 'us-ascii',
  20866: 'koi8-r',
  20932: 'euc-jp',
  21866: 'koi8-u',
  28591: 'iso-8859-1',
  28592: 'iso-8859-2',
  28595: 'iso-8859-5',
  28597: 'iso-8859-7',
  28605: 'iso-8859-15',
  50220: 'iso-2022-jp',
  50221: 'iso-2022-jp',
  51932: 'euc-jp',
  51949: 'euc-kr',
  54936: 'gb18030',
  65001: 'utf-8',
};

/** Text of bytes in a Windows code page; one that nobody can decode is guessed. */
export function decodeCodepage(bytes: Buffer, codepage: number): string {
  return decodeBytes(bytes, LABELS[codepage] ?? `windows-${codepage}`);
}
