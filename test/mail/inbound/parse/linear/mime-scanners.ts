import { parseAddresses, parseWrittenAddress } from '../../../../../src/mail/inbound/parse/mime/addresses.ts';
import { decodeBytes } from '../../../../../src/mail/inbound/parse/mime/charset.ts';
import { cleanFilename } from '../../../../../src/mail/inbound/parse/mime/filename.ts';
import { unflow } from '../../../../../src/mail/inbound/parse/mime/format-flowed.ts';
import { parseParameters } from '../../../../../src/mail/inbound/parse/mime/header-params.ts';
import { decodeHeaderText } from '../../../../../src/mail/inbound/parse/mime/header-words.ts';
import { parseMessageIds } from '../../../../../src/mail/inbound/parse/mime/message-ids.ts';
import { openMessage } from '../../../../../src/mail/inbound/parse/mime/raw-message.ts';
import { textHtml } from '../../../../../src/mail/inbound/parse/mime/text-html.ts';
import { decompressRtf } from '../../../../../src/mail/inbound/parse/mime/tnef/compressed-rtf.ts';
import { readRtf } from '../../../../../src/mail/inbound/parse/mime/tnef/rtf-text.ts';
import { decodeTransfer } from '../../../../../src/mail/inbound/parse/mime/transfer-encoding.ts';
import { decodeUtf7 } from '../../../../../src/mail/inbound/parse/mime/utf7.ts';
import { unpackUuencoded } from '../../../../../src/mail/inbound/parse/mime/uuencode.ts';
import type { Scanner } from './scanner.ts';

const lzfu = (input: Buffer) => {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(9 * input.length, 4);
  header.write('LZFu', 8, 'latin1');
  return decompressRtf(Buffer.concat([header, input]), 1e9);
};

/** What reads headers, encodings, charsets and files. */
export const MIME_SCANNERS: Record<string, Scanner> = {
  'header text': {
    text: (input) => decodeHeaderText(input),
    patterns: ['=?', '=?a?q?', '=?utf-8?q?x?= ', ' ', '\x1b', '\xe4'],
  },
  'header parameters': {
    text: (input) => parseParameters(`x; ${input}`),
    patterns: ['; a=b', '"', 'a="', 'a="x"b', '\\"', '(', 'a=', ';a*0=b', ' '],
  },
  addresses: {
    text: (input) => parseAddresses(input, null, { left: Infinity }),
    patterns: ['"', '"\\', '(', '(a)', '<', '<a @ b ', 'a, ', ':', ' a@', '"a"@b '],
  },
  'an address in a body line': { text: parseWrittenAddress, patterns: ['[a@', '<mailto:'] },
  'message ids': { text: parseMessageIds, patterns: ['<', '<a@b> ', 'a@b ', ' '] },
  'the raw header': {
    bytes: openMessage,
    patterns: ['a: b\r\n \r\n', 'a: b\r\nc\r\n', 'a: b\r'],
    largest: 64 * 1024,
  },
  'blank lines before the header': { bytes: openMessage, patterns: ['\n', '\r\n'] },
  'flowed text': { text: (input) => unflow(input, true), patterns: ['> \n', ' \n', '>', 'a \n'] },
  uuencode: {
    text: unpackUuencoded,
    patterns: ['begin 644 x\n', 'begin 644 x\n#0V%T\n', 'begin 644 x\n#0V%T\n`\nend\n', 'begin-base64 644 x\nQUJD\n'],
  },
  base64: {
    bytes: (input) => decodeTransfer('base64', input),
    patterns: ['=', 'QQ==\r\n', 'QUJD\r\n', 'A=', '\n', '= \n', 'QQ== words\n'],
  },
  'quoted-printable': { bytes: (input) => decodeTransfer('quoted-printable', input), patterns: ['=', '= ', '=3D'] },
  'UTF-7': { text: decodeUtf7, patterns: ['+', '+AOQ-', '+AOQ'] },
  'bytes of no charset': {
    bytes: (input) => decodeBytes(input, null),
    patterns: ['\xe4', '\xd6\xd0', '\x82\xa0', '\x1b$B', '\0'],
  },
  'Japanese text': { bytes: (input) => decodeBytes(input, 'iso-2022-jp'), patterns: ['\x1b(B\x1b$B', '\x1b(J'] },
  'links of a text': {
    text: textHtml,
    patterns: ['http://', 'www.', '@', 'a@', 'a@b.test', 'a.', 'http://a.test/)', '((', '<'],
  },
  'file names': { text: cleanFilename, patterns: ['/', '.', 'ä', '\u200b'] },
  'rich text': {
    bytes: (input) => readRtf(Buffer.concat([Buffer.from('{\\rtf1 '), input])),
    patterns: ['{', '\\', "\\'e4", '\\u1 ', '{\\*\\x ', '\\par ', '{\\f1\\fcharset128 '],
  },
  'compressed rich text': { bytes: lzfu, patterns: ['\0'] },
};
