import { encodedWord, fieldOf, isContent, onFields, onMail, type Disguise } from './disguise.ts';
import { openRaw } from './raw-mail.ts';

const STRUCTURED = /^(?:from|to|cc|reply-to|sender|subject|content-[a-z-]+|references|in-reply-to|message-id):/i;
const BOUNDARY = /boundary="?([^";\r\n]+)"?/i;
const RELAYS = [
  'Received: from mx.example.net (mx.example.net [192.0.2.1]) by desk.example.org; Mon, 5 Jan 2026 09:41:00 +0000',
  'X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00,HTML_MESSAGE autolearn=ham',
  'Authentication-Results: desk.example.org; dkim=none; spf=pass smtp.mailfrom=example.net',
];

const withSubject = (word: (text: string) => string): Disguise =>
  onMail((mail) => {
    const subject = fieldOf(mail, 'subject');
    const value = subject.slice('subject:'.length).trim();
    if (value === '' || !/^[ -~]+$/.test(value) || value.includes('=?')) return null;
    const written = `Subject: ${(value.match(/.{1,20}/g) ?? []).map(word).join('\r\n ')}`;
    return { ...mail, fields: mail.fields.map((field) => (field === subject ? written : field)) };
  });

/** Other ways to write the header, and what stands around a mail. */
export const HEADER_DISGUISES: Readonly<Record<string, Disguise>> = {
  'line ends of the net': (raw) => Buffer.from(raw.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1'),
  'field names in capitals': onFields((field) => field.replace(/^[^:]+/, (name) => name.toUpperCase())),
  'field names in small letters': onFields((field) => field.replace(/^[^:]+/, (name) => name.toLowerCase())),
  'no blank behind the colons': onFields((field) => field.replace(/^([^:]+:) +(?=\S)/, '$1')),
  'unfolded fields': onFields((field) => field.replaceAll(/\r\n(?=[ \t])/g, '')),
  'fields folded at each blank': onFields((field) =>
    STRUCTURED.test(field) ? field.replaceAll(/(?<=[^:] ?\S) (?=\S)/g, '\r\n ') : field,
  ),
  'fields folded with tabs': onFields((field) => field.replaceAll(/\r\n[ \t]+/g, '\r\n\t')),
  'fields of relays above': onMail((mail) => ({ ...mail, fields: [...RELAYS, ...mail.fields] })),
  'an mbox line above': onMail((mail) => ({
    ...mail,
    fields: ['From bo@example.net Mon Jan  5 09:41:00 2026', ...mail.fields],
  })),
  'blank lines above': (raw) =>
    openRaw(raw.toString('latin1')) ? Buffer.concat([Buffer.from('\r\n\r\n'), raw]) : null,
  'blank lines below': (raw) => Buffer.concat([raw, Buffer.from('\r\n\r\n\r\n')]),
  'the subject in base64': withSubject((text) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`),
  'the subject in quoted-printable': withSubject(encodedWord),
  'a multipart around it': onMail((mail) => {
    const type = fieldOf(mail, 'content-type');
    if (!/^content-type:\s*\w+\//i.test(type)) return null;
    const inner = mail.fields.filter((field) => isContent(field) && !/^mime-version/i.test(field));
    return {
      fields: [
        ...mail.fields.filter((field) => !isContent(field)),
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary="=_around"',
      ],
      body: `This is MIME.\r\n--=_around\r\n${inner.join('\r\n')}\r\n\r\n${mail.body}\r\n--=_around--\r\n`,
    };
  }),
  'a preamble and an epilogue': onMail((mail) => {
    const boundary = BOUNDARY.exec(fieldOf(mail, 'content-type'))?.[1];
    if (boundary === undefined || !mail.body.includes(`--${boundary}--`)) return null;
    return { ...mail, body: `words for old programs\r\n${mail.body}\r\nmore of them\r\n` };
  }),
};
