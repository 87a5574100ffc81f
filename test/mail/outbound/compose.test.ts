import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { composeMessage, UnsafeHeader, type OutboundMail } from '../../../src/mail/outbound/compose.ts';

function aMail(given: Partial<OutboundMail> = {}): OutboundMail {
  return {
    from: { name: 'Marta Kowalska via SmartSupport', address: 'support@help.example' },
    to: { name: 'Ana Reyes', address: 'ana@maravia.example' },
    replyTo: 'support+r.b.c.amac@help.example',
    messageId: '<o.b.amac@help.example>',
    inReplyTo: '<2@maravia.example>',
    references: ['<1@maravia.example>', '<2@maravia.example>', '<o.b.amac@help.example>'],
    date: new Date('2026-11-23T09:02:00Z'),
    subject: 'Re: Laptop',
    text: 'Hello\n',
    html: '<p>Hello</p>',
    submitted: null,
    files: [],
    ...given,
  };
}

/** RFC 5322 §2.1 and §3.6: what every message must keep to, whatever is in it (R15). */
function lint(bytes: Buffer): Map<string, string[]> {
  const raw = bytes.toString('latin1');
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(raw).not.toContain('\u0000');
  for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
  const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
  expect(head).toMatch(/^[\x20-\x7e\r\n\t]*$/);
  const fields = new Map<string, string[]>();
  for (const field of head.replace(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const [, name, value] = field.match(/^([\w-]+): ?(.*)$/) ?? [];
    expect(name, field).toBeDefined();
    fields.set(name!.toLowerCase(), [...(fields.get(name!.toLowerCase()) ?? []), value!]);
  }
  for (const name of ['date', 'from', 'to', 'message-id', 'subject', 'mime-version'])
    expect(fields.get(name), name).toHaveLength(1);
  for (const [name, values] of fields) expect(values, name).toHaveLength(1);
  return fields;
}

test("a person's mail has the headers of a reply and nothing that says a machine wrote it (R2)", async () => {
  const fields = lint(await composeMessage(aMail()));
  expect(
    Object.fromEntries([...fields].filter(([name]) => name !== 'content-type').map(([name, [value]]) => [name, value])),
  ).toEqual({
    from: 'Marta Kowalska via SmartSupport <support@help.example>',
    to: 'Ana Reyes <ana@maravia.example>',
    'reply-to': 'support+r.b.c.amac@help.example',
    'in-reply-to': '<2@maravia.example>',
    references: '<1@maravia.example> <2@maravia.example> <o.b.amac@help.example>',
    subject: 'Re: Laptop',
    'message-id': '<o.b.amac@help.example>',
    date: 'Mon, 23 Nov 2026 09:02:00 +0000',
    'mime-version': '1.0',
  });
});

test.each(['auto-replied', 'auto-generated'] as const)(
  'R2, R5: an automatic mail says %s and asks for no answer',
  async (submitted) => {
    const fields = lint(await composeMessage(aMail({ submitted })));
    expect(fields.get('auto-submitted')).toEqual([submitted]);
    expect(fields.get('x-auto-response-suppress')).toEqual(['All']);
  },
);

test('the same message is the same bytes', async () => {
  expect((await composeMessage(aMail())).equals(await composeMessage(aMail()))).toBe(true);
});

describe('what comes back from it is what went in', () => {
  const hard = [
    'plain words\n',
    'Grüße, Ω, 漢字, 👩‍💻 and a soft\u00adhyphen\n',
    '.\n..\n.hidden\nFrom here\n',
    `${'x'.repeat(3000)}\n`,
    `${'€'.repeat(2000)}\n`,
    'trailing space \n-- \nsignature\n',
    '=3D =\n?= =?utf-8?q?no?=\n',
    '\tindented\n    code\n',
  ];
  test.each(hard)('R17: the text %j', async (text) => {
    const bytes = await composeMessage(aMail({ text, html: `<p>${text}</p>` }));
    lint(bytes);
    const parsed = await simpleParser(bytes, { skipHtmlToText: true, skipTextToHtml: true });
    expect(parsed.text).toBe(text);
    expect((parsed.html || '').trimEnd()).toBe(`<p>${text}</p>`);
  });

  test.each(['Grüße 漢字', 'a'.repeat(400), `${'ä'.repeat(300)}`, '=?utf-8?q?no?=', '"quoted" <x@y>, z'])(
    'R12: the subject and the name %j',
    async (words) => {
      const bytes = await composeMessage(
        aMail({ subject: words, to: { name: words, address: 'ana@maravia.example' } }),
      );
      lint(bytes);
      const parsed = await simpleParser(bytes);
      if (!words.startsWith('=?')) expect(parsed.subject).toBe(words);
      const to = Array.isArray(parsed.to) ? parsed.to : [parsed.to!];
      expect(to.flatMap(({ value }) => value).map(({ address }) => address)).toEqual(['ana@maravia.example']);
    },
  );

  test('files with their names and bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 256));
    const files = [
      { filename: 'Übersicht (1).pdf', contentType: 'application/pdf', bytes },
      { filename: '../a\r\nb".desk-test', contentType: 'text/plain; charset=evil', bytes: Buffer.from('\n.\n\r') },
      { filename: 'mail', contentType: 'message/rfc822', bytes: Buffer.from('Subject: x\n\ny') },
      { filename: '', contentType: '', bytes: Buffer.from('x') },
    ];
    const mime = await composeMessage(aMail({ files }));
    lint(mime);
    const parsed = await simpleParser(mime);
    expect(mime.toString('latin1')).not.toMatch(/^Content-Type: message/im);
    expect(parsed.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      ['Übersicht (1).pdf', 'application/pdf'],
      ['.._a_b_.desk-test', 'application/octet-stream'],
      ['mail', 'application/octet-stream'],
      ['file', 'application/octet-stream'],
    ]);
    for (const [at, { content }] of parsed.attachments.entries()) expect(content.equals(files[at]!.bytes)).toBe(true);
  });

  test('a chain of 20 ids of 200 characters is folded', async () => {
    const references = Array.from({ length: 20 }, (_, n) => `<${n}${'x'.repeat(200)}@maravia.example>`);
    const fields = lint(await composeMessage(aMail({ references })));
    expect(fields.get('references')).toEqual([references.join(' ')]);
  });
});

describe('T17: a line end or NUL is refused', () => {
  const breaks = ['\n', '\r', '\r\n', '\u2028', '\u0000'];
  const fields: [string, (evil: string) => Partial<OutboundMail>][] = [
    ['From name', (evil) => ({ from: { name: `M${evil}Bcc: evil@x`, address: 'support@help.example' } })],
    ['From address', (evil) => ({ from: { name: '', address: `support@help.example${evil}Bcc: evil@x` } })],
    ['To name', (evil) => ({ to: { name: `Ana${evil}Bcc: evil@x`, address: 'ana@maravia.example' } })],
    ['To address', (evil) => ({ to: { name: '', address: `ana@maravia.example${evil}Bcc: evil@x` } })],
    ['Reply-To', (evil) => ({ replyTo: `support@help.example${evil}` })],
    ['Message-ID', (evil) => ({ messageId: `<a@b>${evil}Bcc: evil@x` })],
    ['In-Reply-To', (evil) => ({ inReplyTo: `<a@b>${evil}` })],
    ['References', (evil) => ({ references: [`<a${evil}@b>`] })],
    ['Subject', (evil) => ({ subject: `Hello${evil}Bcc: evil@x` })],
  ];
  test.each(fields.flatMap(([name, make]) => breaks.map((evil) => [name, JSON.stringify(evil), make(evil)] as const)))(
    'in %s: %s',
    async (_name, _evil, given) => {
      await expect(composeMessage(aMail(given))).rejects.toThrow(UnsafeHeader);
    },
  );

  test.each(['a@b,evil@x', 'a@b evil@x', '<a@b>', 'group:a@b;', '"a b"@x', 'a', '@b', 'a@', 'a@b@c'])(
    'and so is an address that is not one address: %j',
    async (address) => {
      await expect(composeMessage(aMail({ to: { name: '', address } }))).rejects.toThrow(UnsafeHeader);
    },
  );
});

test.each([{ path: '/etc/hostname' }, { href: 'http://127.0.0.1:9/' }])(
  'T17: no value makes it read %j',
  async (source) => {
    await expect(composeMessage(aMail({ html: source as never }))).rejects.toThrow(/access/i);
  },
);
