import { describe, expect, test } from 'vitest';
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
    { Subject: 'Automatic reply: Toner' },
    { Subject: 'Out of Office: Toner' },
    { Subject: 'Réponse automatique : Toner' },
    { Subject: 'Automatisch antwoord: Toner' },
    { Subject: '=?utf-8?B?6Ieq5YuV6L+U5L+hOiB4?=' },
  ])('%j', async (headers) =>
    expect(await classOf(headers)).toMatchObject({ autoReply: true, bounce: false, noAutoAnswer: true }),
  );
});

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
  expect((await parsed(raw)).class).toMatchObject({ bounce: false, autoReply: false, noAutoAnswer: true });
});

test('a header named like a prototype harms nobody (T39)', async () => {
  const mail = await parsed(plainMail('x\n', { __proto__x: 'y', constructor: 'z' }));
  expect(mail.class.autoReply).toBe(false);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
