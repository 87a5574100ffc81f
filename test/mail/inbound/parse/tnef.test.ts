import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompressRtf } from '../../../../src/mail/inbound/parse/mime/tnef/compressed-rtf.ts';
import { readRtf } from '../../../../src/mail/inbound/parse/mime/tnef/rtf-text.ts';
import { unpackTnef } from '../../../../src/mail/inbound/parse/mime/tnef/unpack-tnef.ts';
import { parsed } from './support.ts';
import { binary, compressRtf, number, text, tnef, type TnefContent } from './tnef-builder.ts';

const LIMIT = 1_000_000;

/** A mail with winmail.dat, and words of its own if wanted. */
function outlookMail(content: TnefContent | Buffer, words = ''): Buffer {
  const packed = Buffer.isBuffer(content) ? content : tnef(content);
  return Buffer.from(
    `From: anna@example.com\r\nTo: desk@example.org\r\nSubject: Plan\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n${words}\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n${packed.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n--b--\r\n`,
  );
}

const names = (mail: { attachments: readonly { filename: string; contentType: string; size: number }[] }) =>
  mail.attachments.map(({ filename, contentType, size }) => [filename, contentType, size]);

describe('what Outlook packed into winmail.dat', () => {
  test('its files stand in its place, with their names and types', async () => {
    const mail = await parsed(
      outlookMail(
        {
          files: [
            {
              title: 'FLOORP~1.PDF',
              data: Buffer.from('%PDF'),
              properties: [text(0x3707, 'Floor plan – südlich.pdf'), text(0x370e, 'application/pdf')],
            },
            { title: 'keys.csv', data: Buffer.from('1;2'), dataFirst: true },
            { title: 'empty.txt', data: Buffer.alloc(0) },
          ],
        },
        'See the plan.',
      ),
    );
    expect(mail.text).toBe('See the plan.');
    expect(names(mail)).toEqual([
      ['Floor plan – südlich.pdf', 'application/pdf', 4],
      ['keys.csv', 'text/csv', 3],
      ['empty.txt', 'text/plain', 0],
    ]);
  });

  test('files whose beginning nobody marked are told apart, and data in a property counts where the attribute is empty', () => {
    const files = [
      { data: Buffer.from('one'), properties: [text(0x3707, 'one.txt')], bare: true },
      { data: Buffer.from('two'), properties: [text(0x3707, 'two.txt')], bare: true },
      { data: Buffer.alloc(0), properties: [text(0x3707, 'three.txt'), binary(0x3701, Buffer.from('three'))] },
    ];
    const found = unpackTnef(tnef({ files }))?.files.map(({ filename, bytes }) => [filename, bytes.toString()]);
    expect(found).toEqual([
      ['one.txt', 'one'],
      ['two.txt', 'two'],
      ['three.txt', 'three'],
    ]);
  });

  test('an image that its html shows is inline, under its Content-ID', async () => {
    const html = Buffer.from('<p>Look: <img src="cid:plan@1"></p>');
    const image = { data: Buffer.from('GIF'), properties: [text(0x3707, 'plan.gif'), text(0x3712, 'plan@1')] };
    const mail = await parsed(
      outlookMail({ properties: [binary(0x1013, html), number(0x3fde, 65001)], files: [image] }),
    );
    expect(mail).toMatchObject({ text: 'Look:', html: html.toString() });
    expect(mail.attachments).toMatchObject([{ filename: 'plan.gif', contentId: 'plan@1', inline: true }]);
  });

  test.each<[string, TnefContent, string]>([
    ['the text attribute', { body: 'Gr\xfc\xdfe' }, 'Grüße'],
    [
      'the text attribute in the code page of the stream',
      { body: '\xcf\xf0\xe8\xe2\xe5\xf2', codepage: 1251 },
      'Привет',
    ],
    ['the text property', { properties: [text(0x1000, 'Grüße')] }, 'Grüße'],
    ['rich text', { properties: [binary(0x1009, compressRtf("{\\rtf1\\ansi Gr\\'fc\\'dfe\\par }"))] }, 'Grüße'],
  ])('a mail without words of its own says what %s says', async (_, content, words) => {
    expect((await parsed(outlookMail(content))).reply).toBe(words);
  });

  test('words of the mail itself are not said twice', async () => {
    expect((await parsed(outlookMail({ body: 'Packed.' }, 'Said.'))).text).toBe('Said.');
  });

  test('a message within becomes a message file, its own files stand beside it', async () => {
    const inner = tnef({
      body: 'Inner words.',
      properties: [text(0x0037, 'Inner: subject'), text(0x0c1a, 'Bo'), text(0x0c1f, 'bo@example.net')],
      files: [{ title: 'inner.txt', data: Buffer.from('i') }],
    });
    const object = { id: 0x3701, type: 0x0d, values: [Buffer.concat([Buffer.alloc(16), inner])] };
    const mail = await parsed(outlookMail({ files: [{ properties: [object] }] }, 'See below.'));
    expect(mail.attachments).toMatchObject([
      { filename: 'Inner subject.eml', contentType: 'message/rfc822' },
      { filename: 'inner.txt', contentType: 'text/plain' },
    ]);
  });

  test('messages in messages in messages end', () => {
    let stream = tnef({ body: 'innermost' });
    for (let depth = 0; depth < 200; depth++)
      stream = tnef({
        files: [{ properties: [{ id: 0x3701, type: 0x0d, values: [Buffer.concat([Buffer.alloc(16), stream])] }] }],
      });
    expect(unpackTnef(stream)?.files).toHaveLength(5);
  });

  test('named and repeated properties do not hide what comes behind them', () => {
    const stream = tnef({
      properties: [
        { id: 1, type: 0x1f, values: ['x'], name: 'Keywords' },
        { id: 2, type: 3, values: [7], name: 0x8233 },
        { id: 0x3a40, type: 0x1003, values: [1, 2, 3] },
        { id: 0x3a41, type: 0x101f, values: ['a', 'bcd'] },
        text(0x1000, 'Still here.'),
      ],
    });
    expect(unpackTnef(stream)?.text).toBe('Still here.');
  });

  test('what cannot be opened stays a file', async () => {
    expect(names(await parsed(outlookMail(Buffer.from('not TNEF at all'), 'Hi.')))).toEqual([
      ['winmail.dat', 'application/ms-tnef', 15],
    ]);
  });

  test('a stream that breaks off gives what came before', async () => {
    const stream = tnef({ body: 'Words.', files: [{ title: 'a.txt', data: Buffer.alloc(500) }] });
    const mail = await parsed(outlookMail(stream.subarray(0, stream.length - 300)));
    expect(mail.text).toBe('Words.');
    expect(names(mail)).toEqual([['a.txt', 'text/plain', 202]]);
  });

  test('no bytes make it throw', () => {
    const whole = tnef({ body: 'x', properties: [text(0x37, 's')], files: [{ title: 'a', data: Buffer.alloc(9) }] });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 20 }), (changes) => {
        const broken = Buffer.from(whole);
        for (const [at, byte] of changes) broken[at] = byte;
        expect(() => unpackTnef(broken)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

describe('compressed rich text (MS-OXRTFCP)', () => {
  const rtf = `{\\rtf1\\ansi\\mac ${'The same words and '.repeat(300)}\\par }`;

  test('comes out as it went in', () => expect(decompressRtf(compressRtf(rtf), LIMIT)?.toString()).toBe(rtf));

  test('stands as it is when it is not compressed', () => {
    const header = Buffer.alloc(16);
    header.writeUInt32LE(rtf.length, 4);
    header.write('MELA', 8, 'latin1');
    expect(decompressRtf(Buffer.concat([header, Buffer.from(rtf)]), LIMIT)?.toString()).toBe(rtf);
  });

  test('is not opened when it says that it is larger than the limit', () =>
    expect(decompressRtf(compressRtf(rtf), 100)).toBeNull());

  test('a small stream cannot become a large one by claiming so', () => {
    const packed = compressRtf('{\\rtf1 }');
    packed.writeUInt32LE(LIMIT, 4);
    expect(decompressRtf(packed, LIMIT)?.length).toBeLessThan(200);
  });

  test('any bytes end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const header = compressRtf('x').subarray(0, 16);
        header.writeUInt32LE(5000, 4);
        expect(decompressRtf(Buffer.concat([header, bytes]), LIMIT)?.length).toBeLessThanOrEqual(5000);
      }),
    );
  });
});

describe('rich text as a reader sees it', () => {
  test.each([
    ['{\\rtf1\\ansi One\\par Two\\line Three\\tab 3}', 'One\nTwo\nThree\t3'],
    ['{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red1;}{\\*\\generator X;}{\\info{\\title T}}Said}', 'Said'],
    ["{\\rtf1\\ansi\\'80\\emdash\\{\\}\\\\\\~x}", '€—{}\\\u00a0x'],
    ['{\\rtf1\\ansi\\uc1\\u8364 ?\\u-10179 ?\\u-8704 ?{\\uc2\\u228 ae}\\uc0\\u246 x}', '€😀äöx'],
    ["{\\rtf1\\ansi\\ansicpg932\\'93\\'fa\\'96\\'7b}", '日本'],
    ["{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}}\\f0 a\\f1\\'e4\\'e0\\f0\\'e4}", 'aдаä'],
    ['{\\rtf1{\\field{\\*\\fldinst HYPERLINK "https://example.com"}{\\fldrslt the site}}}', 'the site'],
    ['{\\rtf1{\\pict 0123456789}a\\bin4 {\\}}b}', 'ab'],
    ['{\\rtf1 never closed', 'never closed'],
    ['{\\rtf1 closed} and more', 'closed'],
  ])('%s', (source, said) => expect(readRtf(Buffer.from(source, 'latin1'))).toEqual({ text: said, html: null }));

  test('html that Outlook packed into it comes out as html (MS-OXRTFEX)', () => {
    const source =
      "{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag18 <html>}{\\*\\htmltag64 <p>}\\htmlrtf {\\b\\htmlrtf0 {\\*\\htmltag84 <b>}Toner\\htmlrtf }\\htmlrtf0 {\\*\\htmltag92 </b>}{\\*\\htmltag84 &nbsp;}\\htmlrtf \\'a0\\htmlrtf0 is empty{\\*\\htmltag72 </p>}\\htmlrtf\\par\\htmlrtf0{\\*\\mhtmltag 1}{\\*\\htmltag27 </html>}}";
    expect(readRtf(Buffer.from(source, 'latin1'))).toEqual({
      text: null,
      html: '<html><p><b>Toner</b>&nbsp;is empty</p></html>',
    });
  });

  test('what is no rich text is none', () => expect(readRtf(Buffer.from('plain'))).toBeNull());
});
