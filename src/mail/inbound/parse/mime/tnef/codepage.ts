import { codepageCharset } from '../charset-labels.ts';
import { decodeBytes } from '../charset.ts';

/** Text of bytes in a Windows code page; one that nobody can decode is guessed. */
export function decodeCodepage(bytes: Buffer, codepage: number): string {
  return decodeBytes(bytes, codepageCharset(codepage));
}
