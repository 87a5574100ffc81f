import { describe, expect, test } from 'vitest';
import { parseAddresses, parseWrittenAddress } from '../../../../src/mail/inbound/parse/mime/addresses.ts';
import { decodeBytes } from '../../../../src/mail/inbound/parse/mime/charset.ts';
import { cleanFilename } from '../../../../src/mail/inbound/parse/mime/filename.ts';
import { unflow } from '../../../../src/mail/inbound/parse/mime/format-flowed.ts';
import { parseParameters } from '../../../../src/mail/inbound/parse/mime/header-params.ts';
import { decodeHeaderText } from '../../../../src/mail/inbound/parse/mime/header-words.ts';
import { parseMessageIds } from '../../../../src/mail/inbound/parse/mime/message-ids.ts';
import { openMessage } from '../../../../src/mail/inbound/parse/mime/raw-message.ts';
import { textHtml } from '../../../../src/mail/inbound/parse/mime/text-html.ts';
import { decompressRtf } from '../../../../src/mail/inbound/parse/mime/tnef/compressed-rtf.ts';
import { readRtf } from '../../../../src/mail/inbound/parse/mime/tnef/rtf-text.ts';
import { unpackTnef } from '../../../../src/mail/inbound/parse/mime/tnef/unpack-tnef.ts';
import { decodeTransfer } from '../../../../src/mail/inbound/parse/mime/transfer-encoding.ts';
import { decodeUtf7 } from '../../../../src/mail/inbound/parse/mime/utf7.ts';
import { unpackUuencoded } from '../../../../src/mail/inbound/parse/mime/uuencode.ts';
import { safeHtml } from '../../../../src/mail/inbound/parse/safe-html.ts';
import { cpuRatio } from './cpu-ratio.ts';
import { tnef } from './tnef-builder.ts';

const MOST = 2.6;

interface Scanner {
  /** Given bytes already when it reads bytes: making them is not what is measured. */
  text?: (input: string) => unknown;
  bytes?: (input: Buffer) => unknown;
  /** Repeated to the size wanted. */
  patterns: readonly string[];
  /** Beyond this a limit ends the work. */
  largest?: number;
}

const lzfu = (input: Buffer) => {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(9 * input.length, 4);
  header.write('LZFu', 8, 'latin1');
  return decompressRtf(Buffer.concat([header, input]), 1e9);
};

/** Every scanner that reads what strangers wrote, with what would make a careless one look twice. */
const SCANNERS: Record<string, Scanner> = {
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
  'the safe html': {
    text: safeHtml,
    patterns: [
      '<',
      '<a>',
      '<b>',
      '</b>',
      '<!--',
      '<a href="',
      '<a href="http://a.test">b.test',
      '<p style="color:red;">',
      '<td>',
      '<svg>',
      '&lt',
    ],
  },
};

const rows = Object.entries(SCANNERS).flatMap(([name, { patterns, ...scanner }]) =>
  patterns.map((pattern) => [name, pattern, scanner] as const),
);

describe('T22: twice the input takes twice the time', () => {
  test.each(rows)('%s: many %j', (_, pattern, { text, bytes, largest }) => {
    const prepare = (size: number) => {
      const input = pattern.repeat(size / pattern.length);
      const raw = Buffer.from(input, 'latin1');
      return () => (bytes ? bytes(raw) : text?.(input));
    };
    expect(cpuRatio(prepare, MOST, largest)).toBeLessThan(MOST);
  });

  test.each([
    ['attachments', (n: number) => tnef({ files: Array.from({ length: n / 64 }, () => ({ title: 'a' })) })],
    [
      'properties',
      (n: number) =>
        tnef({ properties: Array.from({ length: n / 16 }, (_, id) => ({ id: id % 9999, type: 3, values: [id] })) }),
    ],
    [
      'values',
      (n: number) =>
        tnef({ properties: [{ id: 1, type: 0x1102, values: Array.from({ length: n / 8 }, () => Buffer.alloc(0)) }] }),
    ],
    ['text', (n: number) => tnef({ body: 'a\n'.repeat(n / 2) })],
  ])('winmail.dat with many %s', (_, build) => {
    expect(
      cpuRatio((size) => {
        const bytes = build(size);
        return () => unpackTnef(bytes);
      }, MOST),
    ).toBeLessThan(MOST);
  });
});
