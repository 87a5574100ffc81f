import { describe, expect, test } from 'vitest';
import { AUTO_REPLY_SUBJECTS } from '../../../../src/mail/inbound/parse/classify/automatic-words.ts';
import { parsed, plainMail } from './support.ts';

const classOf = async (headers: Record<string, string>, body = 'Hello desk,\nplease help.\n') =>
  (await parsed(plainMail(body, headers))).class;

describe('mail that a person wrote is never called automatic', () => {
  test.each<Record<string, string>>([
    {},
    { 'Auto-Submitted': 'no' },
    { 'Auto-Submitted': '(said by a person) no' },
    { Precedence: 'normal' },
    { Subject: 'Out of office chairs in room 3' },
    { Subject: 'Automatic reply does not work' },
    { Subject: 'Delivery of the printer' },
    { Subject: 'Re: Undelivered Mail Returned to Sender', 'In-Reply-To': '<1@example.net>' },
    { Subject: 'Vacation days left?' },
    { 'X-Auto-Response-Suppress': 'OOF' },
    { 'List-Id': '<users.example.org>' },
    { 'X-Autoreply': 'no' },
    { From: 'Postmaster Huber <huber@example.com>' },
    { 'X-Spam-Flag': 'YES' },
  ])('%j', async (headers) => expect(await classOf(headers)).toMatchObject({ autoReply: false, bounce: false }));
});

describe('automatic answers', () => {
  test.each<Record<string, string>>([
    { 'Auto-Submitted': 'auto-replied' },
    { 'Auto-Submitted': 'Auto-Generated; owner="x"' },
    { 'Auto-Submitted': 'auto-notified (alarm)' },
    { Precedence: 'auto_reply' },
    { 'X-Autoreply': 'yes' },
    { 'X-Autorespond': 'Away' },
    { 'X-Mailer': 'vacation 1.2.7' },
    { 'X-Amavis-Autoreply': 'yes' },
    { Subject: 'Automatic reply: Toner' },
    { Subject: 'Out of Office: Toner' },
    { Subject: 'Réponse automatique : Toner' },
    { Subject: 'Automatisch antwoord: Toner' },
    { Subject: '=?utf-8?B?6Ieq5YuV6L+U5L+hOiB4?=' },
  ])('%j', async (headers) =>
    expect(await classOf(headers)).toMatchObject({ autoReply: true, bounce: false, noAutoAnswer: true }),
  );
});

describe('automatic answers known by the beginning of their subject, however it is set off', () => {
  test.each(Object.entries(AUTO_REPLY_SUBJECTS))('%s', async (_, phrases) => {
    for (const words of phrases.map((phrase) => phrase.replace(/\s*:$/, '')))
      for (const subject of [
        `${words}: Toner`,
        `${words} : Re: Toner`,
        `${words}：Toner`,
        `[${words}] Toner`,
        `(${words}) Toner`,
      ])
        expect(await classOf({ Subject: encoded(subject) }), subject).toMatchObject({ autoReply: true, bounce: false });
  });
});

const encoded = (subject: string) => `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;

describe('mail that is not answered automatically (RFC 5230 §4.6)', () => {
  test.each<Record<string, string>>([
    { Precedence: 'bulk' },
    { 'List-Unsubscribe': '<mailto:x@example.com>' },
    { 'X-Auto-Response-Suppress': 'All' },
    { 'X-Loop': 'yes' },
    { 'X-Desk-Loop': '1' },
    { From: 'No Reply <no-reply@example.com>' },
    { From: 'owner-users@example.com' },
    { 'Auto-Submitted': 'auto-forwarded' },
  ])('%j', async (headers) => expect(await classOf(headers)).toMatchObject({ autoReply: false, noAutoAnswer: true }));
});

describe('bounces without a delivery-status part', () => {
  const notices: [string, Record<string, string>, string, string[]][] = [
    [
      'Postfix',
      { From: 'MAILER-DAEMON@mx.example.net' },
      'I could not deliver your message.\n\n<bo@example.net>: host mx said: 550 5.1.1\n    <bo@example.net>: unknown\n',
      ['bo@example.net'],
    ],
    [
      'Exim',
      { From: 'Mailer-Daemon@mx.example.net', 'X-Failed-Recipients': 'bo@example.net, cy@example.net' },
      'A message that you sent failed.\n',
      ['bo@example.net', 'cy@example.net'],
    ],
    [
      'Sendmail',
      { From: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>' },
      '   ----- The following addresses had permanent fatal errors -----\n<bo@example.net>\n    (reason: 550 unknown)\n',
      ['bo@example.net'],
    ],
    [
      'Exchange',
      { From: 'postmaster@example.net', Subject: 'Undeliverable: Toner' },
      'Your message did not reach the following recipient(s):\n\nbo@example.net on Mon, 5 Jan 2026\n    The recipient name is not recognized\n',
      ['bo@example.net'],
    ],
    [
      'Office 365',
      { From: 'postmaster@example.net', Subject: 'Undeliverable: Toner' },
      "Your message to bo@example.net couldn't be delivered.\n",
      ['bo@example.net'],
    ],
    [
      'an alias',
      { From: 'MAILER-DAEMON@mx.example.net' },
      'The following addresses failed:\n\nbo2@store.example.net\n    (expanded from: bo@example.net)\n',
      ['bo@example.net'],
    ],
    ['nobody named', { From: 'MAILER-DAEMON@mx.example.net' }, 'It failed.\n', []],
  ];
  test.each(notices)('%s', async (_, headers, body, recipients) => {
    const found = await classOf(headers, body);
    expect(found.bounce).toBe(true);
    expect(found.delivery.map(({ recipient }) => recipient)).toEqual(recipients);
  });

  test('a delay is told from a failure', async () => {
    const found = await classOf(
      { From: 'MAILER-DAEMON@mx.example.net', Subject: 'Warning: could not send message for past 4 hours' },
      'Your message to <bo@example.net> is delayed; we will retry.\n',
    );
    expect(found).toMatchObject({ bounce: true, delivery: [{ recipient: 'bo@example.net', action: 'delayed' }] });
  });

  test('the sender of the lost message is not a failed recipient', async () => {
    const found = await classOf(
      { From: 'MAILER-DAEMON@mx.example.net' },
      'To desk@example.org: we could not deliver to user bo@example.net.\n',
    );
    expect(found.delivery.map(({ recipient }) => recipient)).toEqual(['bo@example.net']);
  });
});

test('an abuse report is neither a bounce nor an automatic reply, and gets no answer', async () => {
  const raw = plainMail('--r\nContent-Type: text/plain\n\nThis is an abuse report.\n--r--\n', {
    From: 'abuse@example.net',
  }).replace('text/plain; charset=utf-8', 'multipart/report; report-type=feedback-report; boundary=r');
  expect((await parsed(raw)).class).toMatchObject({
    bounce: false,
    autoReply: false,
    noAutoAnswer: true,
    abuseReport: true,
  });
});

describe('what is wrapped around a message is said plainly', () => {
  const multipart = (type: string, ...parts: string[]) =>
    plainMail(`${parts.map((part) => `--b\n${part}\n`).join('')}--b--\n`).replace(
      'text/plain; charset=utf-8',
      `${type}; boundary=b`,
    );
  const text = 'Content-Type: text/plain\n\nHello desk.\n';
  const event = 'BEGIN:VCALENDAR\nMETHOD:CANCEL\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n';
  test.each<[string, string, object]>([
    [
      'an invitation',
      multipart('multipart/alternative', text, `Content-Type: text/calendar; method=REQUEST\n\n${event}`),
      { calendar: 'request' },
    ],
    [
      'a cancelled appointment',
      multipart('multipart/mixed', text, `Content-Type: text/calendar\n\n${event}`),
      { calendar: 'cancel' },
    ],
    [
      'an answer to an invitation',
      multipart('multipart/mixed', text, 'Content-Type: text/calendar; method=reply\n\nBEGIN:VCALENDAR\n'),
      { calendar: 'reply' },
    ],
    [
      'S/MIME signed',
      multipart(
        'multipart/signed; protocol="application/pkcs7-signature"',
        text,
        'Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx',
      ),
      { wrapper: 'smime-signed' },
    ],
    [
      'PGP signed',
      multipart(
        'multipart/signed; protocol="application/pgp-signature"',
        text,
        'Content-Type: application/pgp-signature\n\nx',
      ),
      { wrapper: 'pgp-signed' },
    ],
    [
      'PGP encrypted',
      multipart(
        'multipart/encrypted; protocol="application/pgp-encrypted"',
        'Content-Type: application/pgp-encrypted\n\nVersion: 1',
        'Content-Type: application/octet-stream\n\nx',
      ),
      { wrapper: 'pgp-encrypted' },
    ],
    [
      'S/MIME encrypted',
      plainMail('x').replace(
        'text/plain; charset=utf-8',
        'application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m',
      ),
      { wrapper: 'smime-encrypted' },
    ],
    [
      'PGP in the text',
      plainMail('-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n'),
      { wrapper: 'pgp-encrypted' },
    ],
    [
      'signed through a list',
      multipart(
        'multipart/mixed',
        `Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=c\n\n--c\n${text}--c--`,
        text,
      ),
      { wrapper: 'pgp-signed' },
    ],
    ['nothing', plainMail('Hello.\n'), { calendar: null, wrapper: null, abuseReport: false, list: false }],
  ])('%s', async (_, raw, expected) =>
    expect((await parsed(raw)).class).toMatchObject({ bounce: false, autoReply: false, ...expected }),
  );
});

test('an SES bounce that comes by SNS names its recipients', async () => {
  const message = {
    notificationType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bouncedRecipients: [
        {
          emailAddress: 'bo@example.net',
          action: 'failed',
          status: '5.1.1',
          diagnosticCode: 'smtp; 550 5.1.1 user unknown',
        },
      ],
    },
  };
  const body = JSON.stringify({ Type: 'Notification', Message: JSON.stringify(message) }, null, 2);
  const found = await classOf({ From: 'AWS <no-reply@sns.amazonaws.com>', Subject: 'AWS Notification Message' }, body);
  expect(found).toMatchObject({
    bounce: true,
    delivery: [
      { recipient: 'bo@example.net', action: 'failed', status: '5.1.1', diagnostic: 'smtp; 550 5.1.1 user unknown' },
    ],
  });
});

test('a bounce that names nobody is about the only one whom the returned message went to', async () => {
  const raw = plainMail(
    '--b\nContent-Type: text/plain\n\nDelivery report unavailable\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <7@example.org>\nTo: bo@example.net\n\nx\n--b--\n',
    { From: 'MAILER-DAEMON@mx.example.net' },
  ).replace('text/plain; charset=utf-8', 'multipart/report; report-type=delivery-status; boundary=b');
  expect((await parsed(raw)).class).toMatchObject({
    bounce: true,
    originalMessageId: '<7@example.org>',
    delivery: [{ recipient: 'bo@example.net', action: 'failed' }],
  });
});

test('a header named like a prototype harms nobody (T39)', async () => {
  const mail = await parsed(plainMail('x\n', { __proto__x: 'y', constructor: 'z' }));
  expect(mail.class.autoReply).toBe(false);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
