import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddresses, parseWrittenAddress } from '../../../../src/mail/inbound/parse/mime/addresses.ts';
import { parseDate } from '../../../../src/mail/inbound/parse/mime/date.ts';
import { cleanFilename } from '../../../../src/mail/inbound/parse/mime/filename.ts';
import { parseParameters } from '../../../../src/mail/inbound/parse/mime/header-params.ts';
import { decodeHeaderText } from '../../../../src/mail/inbound/parse/mime/header-words.ts';
import { parseMessageId, threadReferences } from '../../../../src/mail/inbound/parse/mime/message-ids.ts';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

describe('encoded words (RFC 2047)', () => {
  test.each([
    ['plain', 'plain'],
    ['=?utf-8?Q?Gr=C3=B6=C3=9Fe?=', 'Größe'],
    ['=?UTF-8?B?R3LDtsOfZQ==?=', 'Größe'],
    ['=?iso-8859-1?q?a=20b_c?=', 'a b c'],
    ['=?utf-8?Q?a?= =?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?Q?a?= and =?utf-8?Q?b?=', 'a and b'],
    ['=?utf-8?B?R3LD?= =?utf-8?B?tsOfZQ==?=', 'Größe'],
    ['=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
    ['=?gb2312?B?1tDOxA==?=', '中文'],
    ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['=?windows-31j?B?k/qWew==?=', '日本'],
    ['=?nonsense?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
    ['=?utf-8?X?no?=', '=?utf-8?X?no?='],
    ['=?utf-8?Q?never ended', '=?utf-8?Q?never ended'],
    ['=?utf-8?Q?two=0D=0Alines?=', 'two lines'],
    [latin1('Größe'), 'Größe'],
    ['Gr\xf6\xdfe', 'Größe'],
  ])('%j is %j', (raw, text) => expect(decodeHeaderText(raw)).toBe(text));

  test('raw bytes are read in the charset of the body before anything is guessed', () => {
    const bytes = Buffer.from([0xd0, 0xcf, 0xd6]).toString('latin1');
    expect(decodeHeaderText(bytes, 'koi8-r')).toBe('пож');
  });

  test('never throws and never makes a second line, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => !/[\r\n]/.test(decodeHeaderText(text))),
    );
  });
});

describe('addresses (RFC 5322 §3.4)', () => {
  test.each<[string, [string, string][]]>([
    ['anna@example.com', [['anna@example.com', '']]],
    ['Anna <anna@EXAMPLE.com>', [['anna@example.com', 'Anna']]],
    ['"Berg, Anna" <anna@example.com>', [['anna@example.com', 'Berg, Anna']]],
    ['Berg, Anna <anna@example.com>', [['anna@example.com', 'Berg, Anna']]],
    ['anna@example.com (Anna Berg)', [['anna@example.com', 'Anna Berg']]],
    [
      'a@example.com, Bo <b@example.com>; c@example.com',
      [
        ['a@example.com', ''],
        ['b@example.com', 'Bo'],
        ['c@example.com', ''],
      ],
    ],
    [
      'Team: a@example.com, b@example.com;',
      [
        ['a@example.com', ''],
        ['b@example.com', ''],
      ],
    ],
    ['undisclosed-recipients:;', []],
    ['<>', []],
    ['<mailto:anna@example.com>', [['anna@example.com', '']]],
    ['Anna [anna@example.com]', [['anna@example.com', 'Anna']]],
    ['<@relay.example:anna@example.com>', [['anna@example.com', '']]],
    ['"anna berg"@example.com', [['"anna berg"@example.com', '']]],
    ['"anna@bank.test" <eve@evil.test>', [['eve@evil.test', 'anna@bank.test']]],
    ['MAILER-DAEMON', [['', 'MAILER-DAEMON']]],
    ['=?utf-8?Q?=3Cboss=40corp.test=3E?=', [['', '<boss@corp.test>']]],
    ['=?utf-8?Q?a=40b.test=2C?= <eve@evil.test>', [['eve@evil.test', 'a@b.test,']]],
    ['=?utf-8?Q?boss?=@corp.test', [['', 'boss@corp.test']]],
    [latin1('ü@bücher.test'), [['ü@bücher.test', '']]],
    ['<mail server postmaster@example.com>', [['postmaster@example.com', '']]],
    ['<anna . berg @ example.com>', [['anna.berg@example.com', '']]],
    ['eve@evil.test\u00a0<x', [['', expect.anything() as unknown as string]]],
  ])('%j', (raw, expected) => {
    expect(parseAddresses(raw, null).map(({ address, name }) => [address, name])).toEqual(expected);
  });

  test.each([
    ['John Doe [mailto:john@example.com]', 'john@example.com', 'John Doe'],
    ['John Doe (Acme - US) <john@example.com>', 'john@example.com', 'John Doe (Acme - US)'],
    ['*John Doe* <john@example.com<mailto:john@example.com>>', 'john@example.com', 'John Doe'],
    ['john@example.com', 'john@example.com', ''],
    ['John Doe', '', 'John Doe'],
  ])('as people see them in a body: %j', (text, address, name) =>
    expect(parseWrittenAddress(text)).toEqual({ address, name }),
  );
});

describe('header parameters (RFC 2231)', () => {
  test.each([
    ['attachment; filename="a.txt"', 'a.txt'],
    ['attachment; filename=a.txt (comment)', 'a.txt'],
    ['attachment; filename="a;b.txt"', 'a;b.txt'],
    ['attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'],
    ['attachment; filename="C:\\temp\\a.txt"', 'C:\\temp\\a.txt'],
    ["attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.txt", 'Größe.txt'],
    ["attachment; filename*0*=iso-8859-1''Gr%F6; filename*1*=%DFe; filename*2=.txt", 'Größe.txt'],
    ['attachment; filename*1=b.txt; filename*0=a', 'ab.txt'],
    ['attachment; filename="=?utf-8?Q?Gr=C3=B6=C3=9Fe.txt?="', 'Größe.txt'],
    ["attachment; filename*=utf-8''a%3D%3Futf-8%3FQ%3F%3D2Eexe%3F%3D", 'a=?utf-8?Q?=2Eexe?='],
    ['attachment; filename="never ended', 'never ended'],
  ])('%j', (raw, name) =>
    expect(parseParameters(raw)).toMatchObject({ value: 'attachment', params: new Map([['filename', name]]) }),
  );

  test('the first of two equal parameters counts', () => {
    expect(parseParameters('text/plain; charset=utf-8; charset=utf-7').params.get('charset')).toBe('utf-8');
  });
});

describe('file names (T13)', () => {
  test.each([
    ['plan.pdf', 'plan.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['C:\\temp\\plan.pdf', 'plan.pdf'],
    ['\u200b.htaccess', '.htaccess'],
    ['a\0.png', 'a.png'],
    ['gpj.\u202eexe', 'gpj.exe'],
    ['two\r\nlines.txt', 'twolines.txt'],
    ['..', ''],
    ['', ''],
  ])('%j is %j', (raw, name) => expect(cleanFilename(raw)).toBe(name));

  test('a long name is cut before its extension', () => {
    const name = cleanFilename(`${'ä'.repeat(3000)}.pdf`);
    expect(name.endsWith('ä.pdf')).toBe(true);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  });
});

test.each([
  ['Mon, 05 Jan 2026 09:30:00 +0100', '2026-01-05T08:30:00.000Z'],
  ['5 Jan 26 09:30 EST', '2026-01-05T14:30:00.000Z'],
  ['Mon, 05 Jan 2026 09:30:00 +0100 (CET)', '2026-01-05T08:30:00.000Z'],
  ['Mon, 5 Jan 2026 09:30:00', '2026-01-05T09:30:00.000Z'],
  ['2026-01-05T09:30:00+01:00', '2026-01-05T08:30:00.000Z'],
  ['Mon, 05 Jan 1998 09:30:00 GMT', '1998-01-05T09:30:00.000Z'],
  ['Monday, January 05, 2026 5:56 PM', '2026-01-05T17:56:00.000Z'],
  ['Mon Jan  5 09:30:00 2026', '2026-01-05T09:30:00.000Z'],
  ['Mon Jan  5 09:30:00 EST 2026', '2026-01-05T14:30:00.000Z'],
  ['2026/01/05 09:30:00 +0100', '2026-01-05T08:30:00.000Z'],
  ['2026-01-05T09:30:00.123Z', '2026-01-05T09:30:00.000Z'],
  ['Mon, 5 Jan 2026 09:30:00 GMT+01:00', '2026-01-05T08:30:00.000Z'],
  ['Mon, 5 Jan 2026 12:05 am', '2026-01-05T00:05:00.000Z'],
  ['Mon, 5 Jan 2026    59:10 -0500', null],
  ['Mon, 45 Jan 2026 09:30', null],
  ['yesterday', null],
  ['', null],
  [null, null],
])('date %j is %j', (raw, iso) => expect(parseDate(raw)).toBe(iso));

describe('message ids (RFC 5322 §3.6.4)', () => {
  test.each([
    ['<a@b>', '<a@b>'],
    ['a@b', '<a@b>'],
    ['<a\t@b>', '<a@b>'],
    ['<no-at-sign>', '<no-at-sign>'],
    ['', null],
    [null, null],
  ])('%j is %j', (raw, id) => expect(parseMessageId(raw)).toBe(id));

  test('references are newest first, without repeats, at most a hundred', () => {
    expect(threadReferences('<c@x>', '<a@x> <b@x>\r\n <c@x>')).toEqual(['<c@x>', '<b@x>', '<a@x>']);
    expect(threadReferences('Your message of Monday', null)).toEqual([]);
    const many = Array.from({ length: 300 }, (_, i) => `<${i}@x>`).join(' ');
    expect(threadReferences(null, many)).toHaveLength(100);
  });
});
