import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { composeMail, mailDate, quoted, type Draft } from '../../web/lib/mail/compose-mail.ts';
import { headerParameter, headerText } from '../../web/lib/mail/encode-header.ts';
import { formatMailAddress, parseMailAddress } from '../../web/lib/mail/mail-address.ts';
import { replyTo } from '../../web/lib/mail/letter.ts';

const stamp = { date: new Date('2026-11-23T09:04:05Z'), id: 'abc123', boundary: 'part-1' };
const draft: Draft = {
  from: { name: 'Inês Carvalho', address: 'ines@maravia.example' },
  to: { name: '', address: 'support+t1.x@localhost' },
  subject: 'Grüße: the dock — “WD-22” does not wake my laptop up any more, see 写真 and 写真',
  body: 'Olá,\nit is black.\n\n> quoted ünïcode',
};

describe('a mail composed in the browser', () => {
  it('is read back word for word by a mail parser', async () => {
    const mail = await simpleParser(composeMail(draft, stamp));
    expect(mail.from?.value).toEqual([{ name: 'Inês Carvalho', address: 'ines@maravia.example' }]);
    expect(mail.to).toMatchObject({ value: [{ address: 'support+t1.x@localhost' }] });
    expect(mail.subject).toBe(draft.subject);
    expect(mail.text?.trim()).toBe(draft.body);
    expect(mail.date).toEqual(stamp.date);
    expect(mail.messageId).toBe('<abc123@maravia.example>');
  });

  it('consists of ASCII lines of at most 78 characters that end with CRLF', () => {
    const raw = composeMail({ ...draft, body: 'ä'.repeat(500) }, stamp);
    expect(raw).toMatch(/^[\x20-\x7e\r\n]*$/);
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
  });

  it('points to what it answers and to the whole thread', async () => {
    const raw = composeMail({ ...draft, inReplyTo: '<c@x>', references: ['<a@x>', '<b@x>', '<c@x>'] }, stamp);
    const mail = await simpleParser(raw);
    expect(mail.inReplyTo).toBe('<c@x>');
    expect(mail.references).toEqual(['<a@x>', '<b@x>', '<c@x>']);
  });

  it('carries files with their names and bytes', async () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, at) => at % 256);
    const files = [{ name: 'Übersicht "2027".pdf', type: 'application/pdf', bytes }];
    const mail = await simpleParser(composeMail({ ...draft, files }, stamp));
    expect(mail.attachments).toHaveLength(1);
    expect(mail.attachments[0]).toMatchObject({ filename: 'Übersicht "2027".pdf', contentType: 'application/pdf' });
    expect(mail.attachments[0]?.content.equals(Buffer.from(bytes))).toBe(true);
    expect(mail.text?.trim()).toBe(draft.body);
  });

  it('lets nobody smuggle a header in', async () => {
    const mail = await simpleParser(
      composeMail({ ...draft, subject: 'Hello\r\nBcc: all@maravia.example', inReplyTo: '<a@x>\r\nX-Evil: 1' }, stamp),
    );
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.headers.has('x-evil')).toBe(false);
  });
});

describe('header text', () => {
  it('stays readable when it is plain', () => expect(headerText('Re: [TX0418] Laptop')).toBe('Re: [TX0418] Laptop'));
  it('is encoded when it only looks encoded', () =>
    expect(headerText('=?UTF-8?B?eA==?=')).toBe('=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?='));
  it('never splits a character between two encoded words', () => {
    const words = headerText('😀'.repeat(40)).split(' ');
    expect(words.length).toBeGreaterThan(2);
    for (const word of words) {
      expect(word.length).toBeLessThanOrEqual(75);
      expect(Buffer.from(word.slice(10, -2), 'base64').toString()).toMatch(/^(?:😀)+$/u);
    }
  });
  it('gives the date in UTC', () =>
    expect(mailDate(new Date('2026-01-02T03:04:05Z'))).toBe('Fri, 2 Jan 2026 03:04:05 +0000'));
  it('encodes a file name that is not ASCII', () =>
    expect(headerParameter('name', 'é.txt')).toBe("name*=UTF-8''%C3%A9.txt"));
});

describe('an address', () => {
  it.each([
    ['ana@example.org', '', 'ana@example.org', 'ana@example.org'],
    ['Ana Reyes <ana@example.org>', 'Ana Reyes', 'ana@example.org', 'Ana Reyes <ana@example.org>'],
    ['"Reyes, Ana" <ana@example.org>', 'Reyes, Ana', 'ana@example.org', '"Reyes, Ana" <ana@example.org>'],
    [' <ana@example.org> ', '', 'ana@example.org', 'ana@example.org'],
  ])('%s is understood and written again', (text, name, address, written) => {
    const parsed = parseMailAddress(text);
    expect(parsed).toEqual({ name, address });
    expect(parsed && formatMailAddress(parsed)).toBe(written);
  });
  it.each(['', 'ana', 'ana@', '@example.org', 'a@b, c@d', 'a b@c'])('%j is none', (text) =>
    expect(parseMailAddress(text)).toBeNull(),
  );
});

it('a reply goes from where the mail went to where its Reply-To points, with the original quoted', () => {
  const mail = {
    id: 1,
    from: 'Support <support@localhost>',
    to: ['ana@example.org'],
    subject: 'Hello',
    date: '2026-11-23T09:00:00Z',
    raw: '',
    message_id: '<m@localhost>',
    reply_to: ['support+t1.abc@localhost'],
    references: ['<first@x>'],
    text: 'one\n> two',
    frame: null,
    attachments: [],
  };
  expect(replyTo(mail, 'On Monday, Support wrote:', 'Re: Hello')).toEqual({
    from: 'ana@example.org',
    to: 'support+t1.abc@localhost',
    subject: 'Re: Hello',
    body: '\n\nOn Monday, Support wrote:\n> one\n>> two',
    inReplyTo: '<m@localhost>',
    references: ['<first@x>'],
  });
  expect(quoted('X:', 'a\r\n\r\nb\n')).toBe('X:\n> a\n>\n> b');
});
