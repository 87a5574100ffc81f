import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBytes, isKnownCharset } from '../../../../src/mail/inbound/parse/mime/charset.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('a charset is known by whatever name a mail gives it', () => {
  test.each([
    ['utf_8', 'c3a4', 'ä'],
    ['"UTF-8"', 'c3a4', 'ä'],
    ['charset=utf-8', 'c3a4', 'ä'],
    ['iso8859_15', 'a4', '€'],
    ['latin9', 'a4', '€'],
    ['iso 8859-1', 'e4', 'ä'],
    ['cp1252', '80', '€'],
    ['win1251', 'e4', 'д'],
    ['IBM850', '84', 'ä'],
    ['cp437', '84', 'ä'],
    ['dos-852', '9e', '×'],
    ['X-GBK', 'd6d0', '中'],
    ['iso-gb2312', 'd6d0', '中'],
    ['cp932', '93fa', '日'],
    ['windows-31j', '93fa', '日'],
    ['ks_c_5601-1987', 'c7d1', '한'],
    ['x-windows-949', 'c7d1', '한'],
    ['cp65001', 'c3a4', 'ä'],
    ['unicode-1-1-utf-7', Buffer.from('+AOQ-').toString('hex'), 'ä'],
  ])('%s', (label, bytes, text) => {
    expect(isKnownCharset(label)).toBe(true);
    expect(decodeBytes(hex(bytes), label)).toBe(text);
  });

  test.each(['', 'us-ascii', 'unknown-8bit', 'x-nonsense', 'base64', 'hex', 'binary', '__proto__', 'constructor'])(
    '%j says nothing about the bytes',
    (label) => expect(isKnownCharset(label)).toBe(false),
  );
});

describe('a label is believed while the bytes agree', () => {
  test.each([
    ['UTF-8 under another name', 'koi8-nonsense', 'c3a4c3b6', 'äö'],
    ['UTF-8 called ASCII', 'us-ascii', 'c3a4', 'ä'],
    ['windows-1252 called UTF-8', 'utf-8', 'e4f6fc', 'äöü'],
    ['a damaged byte in UTF-8', 'utf-8', 'c3a4c3a4c3a4ff', 'äää\ufffd'],
    ['big-endian UTF-16 by its mark', 'utf-16', 'feff00e4', 'ä'],
    ['big-endian UTF-16 by its zeros', 'utf-16', '00410042', 'AB'],
    ['little-endian UTF-16', 'utf-16le', '41004200', 'AB'],
    ['ASCII called UTF-16', 'utf-16', '41424344', 'ABCD'],
    ['Japanese without a label, by its escapes', null, '1b2442467c4b5c1b2842', '日本'],
    ['Chinese without a label', null, 'd6d0cec4d6d0cec4', '中文中文'],
    ['Japanese without a label, by its kana', null, '82a082a282a4', 'あいう'],
  ])('%s', (_, label, bytes, text) => expect(decodeBytes(hex(bytes), label)).toBe(text));

  test('the charset of a neighbour comes before a guess', () =>
    expect(decodeBytes(hex('d0cfd6'), null, 'koi8-r')).toBe('пож'));

  test('NUL bytes are no text', () => expect(decodeBytes(hex('410042'), 'utf-8')).toBe('AB'));

  test('no bytes and no label make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, label) => typeof decodeBytes(bytes, label) === 'string'),
    );
  });
});
