import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bareSubject, writtenWords } from '../../../src/mail/outbound/mail-view.ts';
import { MAIL_TEMPLATE_NAMES, TICKET_TEMPLATES } from '../../../src/mail/outbound/mail-template.ts';
import { loadTemplates, TEMPLATES, type Templates } from '../../../src/mail/outbound/render-template.ts';
import { PARTS } from '../../../src/mail/outbound/template/refusal.ts';
import { safeUrl } from '../../../src/mail/outbound/template/safe-url.ts';
import { ACCOUNT_TEMPLATES } from '../../../src/people/account-notice.ts';
import { STATUSES } from '../../../src/tickets/lifecycle.ts';
import { aDigestView, aView, anAccountView } from './view.ts';

let templates: Templates;
beforeAll(async () => {
  templates = await loadTemplates();
});

const LOCALES = ['en', 'de'];
const every = LOCALES.flatMap((locale) => TICKET_TEMPLATES.map((name) => [locale, name] as const));

describe.each(every)('in %s, %s', (locale, name) => {
  test('has one subject line, a text in lines of 72 and a whole html page', () => {
    const { subject, text, html } = templates.render(name, locale, aView());
    expect(subject).toMatch(/^\S.*\S$/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(72);
    expect(html).toMatch(/^<!doctype html>/);
    expect(html.trim()).toMatch(/<\/html>$/);
    expect(html).toContain(`<html lang="${locale}"`);
    expect(html).toContain('href="https://help.example/t/TX0418"');
    expect(text).toContain('https://help.example/t/TX0418');
  });

  test('says the same words in text and html', () => {
    const { text, html } = templates.render(name, locale, aView());
    expect(words(text.replace(/https:\S+/g, ''))).toEqual(words(htmlWords(html)));
  });

  test('T10: shows what people wrote as words, not as html or as a template', () => {
    const evil = '<script>alert(1)</script> {{constructor}} {{{this}}} "&';
    const view = aView({
      actor: { name: evil, signature: writtenWords(evil) },
      before: { by: evil, at: new Date(0), words: writtenWords(evil) },
      comment: writtenWords(evil),
      ticket: { ...aView().ticket, subject: evil },
    });
    const { subject, text, html } = templates.render(name, locale, view);
    expect(html).not.toContain('<script>');
    if (html.includes('alert')) expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{constructor}}');
    if (subject.includes('alert')) expect(subject).toContain(evil);
    if (text.includes('alert')) expect(text.replaceAll('\n', ' ')).toContain(evil);
  });
});

const page = { url: 'https://help.example/sign-in', until: null };
const everyAccount = LOCALES.flatMap((locale) => ACCOUNT_TEMPLATES.map((name) => [locale, name] as const));

describe.each(everyAccount)('in %s, %s', (locale, name) => {
  const views = [
    anAccountView(),
    anAccountView({ link: page }),
    anAccountView({ link: page, account: { ...anAccountView().account, status: 'approved' } }),
  ];

  test('has one subject line, a text in lines of 72, and one button that leads where the text says', () => {
    for (const view of views) {
      const { subject, text, html } = templates.render(name, locale, view);
      expect(subject).toMatch(/^\S.*\S$/);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(72);
      expect(html).toContain(`<html lang="${locale}"`);
      expect(html.match(/class="btn"/g)).toHaveLength(1);
      expect(html.match(/href="[^"]*"/g)).toEqual([`href="${view.link.url}"`]);
      expect(text.match(/https:\S+/g)).toEqual([view.link.url]);
    }
  });

  test('says the same words in text and html', () => {
    for (const view of views) {
      const { text, html } = templates.render(name, locale, view);
      expect(words(text.replace(/https:\S+/g, ''))).toEqual(words(htmlWords(html)));
    }
  });

  test('T10: shows what people wrote as words', () => {
    const evil = '<script>alert(1)</script> {{constructor}}';
    const event = { ...anAccountView().event, reason: evil, email: evil, change: evil };
    const { html } = templates.render(name, locale, anAccountView({ recipient: { name: evil }, event }));
    expect(html).not.toContain('<script>');
  });
});

describe.each(LOCALES)('in %s, the digest', (locale) => {
  test('says the same words in text and html, on one subject line and in lines of 72', () => {
    for (const view of [aDigestView(), aDigestView({ unattended: [], unverified: [] })]) {
      const { subject, text, html } = templates.render('digest', locale, view);
      expect(subject).toMatch(/^\S.*\S$/);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(72);
      expect(words(text.replace(/https:\S+/g, ''))).toEqual(words(htmlWords(html)));
      expect(html.match(/class="btn"/g)).toHaveLength(1);
    }
  });

  test('T10: shows what strangers wrote as words', () => {
    const evil = { number: 'TX1', subject: '<script>alert(1)</script>', link: 'https://help.example/t/TX1' };
    expect(templates.render('digest', locale, aDigestView({ unverified: [evil] })).html).not.toContain('<script>');
  });
});

test('a link that works once says until when, a page does not', () => {
  const mail = (given = {}) => templates.render('registration-approved', 'en', anAccountView(given)).text;
  expect(mail()).toContain('This link works once, until Thursday, 26 November 2026');
  expect(mail({ link: page })).not.toContain('works once');
});

test('each language has its own words for each status that a change can end in', () => {
  for (const locale of LOCALES) {
    const mails = STATUSES.map((to) => {
      const { event } = aView();
      const own = (['closed', 'rejected', 'withdrawn'] as const).find((status) => status === to);
      return templates.render(
        own ?? 'status-changed',
        locale,
        aView({ comment: null, event: { ...event, to, reason: 'Because.' } }),
      );
    });
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(STATUSES.length);
    expect(new Set(mails.map(({ text }) => text)).size).toBe(STATUSES.length);
  }
});

test('adding a language is adding files', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'smartsupport-templates-'));
  try {
    await cp(TEMPLATES, dir, { recursive: true });
    await cp(join(TEMPLATES, 'en'), join(dir, 'fr'), { recursive: true });
    await writeFile(join(dir, 'fr', 'ticket-received.subject.hbs'), 'Nous avons votre demande, {{ticket.number}}');
    const more = await loadTemplates(dir);
    expect(more.locales).toEqual(['de', 'en', 'fr']);
    expect(more.render('ticket-received', 'fr-CA', aView()).subject).toBe('Nous avons votre demande, TX0418');
    await rm(join(dir, 'fr', 'resolved.text.hbs'));
    await expect(loadTemplates(dir)).rejects.toThrow('resolved.text.hbs');
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('every language has every mail, and no file too many', async () => {
  const files = MAIL_TEMPLATE_NAMES.flatMap((name) => PARTS.map((part) => `${name}.${part}.hbs`));
  for (const locale of LOCALES)
    expect((await readdir(join(TEMPLATES, locale))).toSorted()).toEqual([...files, 'words.json'].toSorted());
});

test('a refusal and a pause carry their reason, and someone who works on it is named', () => {
  const event = { ...aView().event, reason: 'The lift is broken.' };
  const text = (to: string, given = {}) =>
    templates.render(
      to === 'rejected' ? to : 'status-changed',
      'en',
      aView({ comment: null, event: { ...event, to }, ...given }),
    ).text;
  expect(text('rejected')).toContain('we cannot do this:\n\nThe lift is broken.');
  expect(text('on_hold')).toContain('on hold: The lift is broken.');
  expect(text('in_progress')).toContain('Jonas Berg has it.');
  expect(text('in_progress', { assignee: { name: '' } })).not.toContain('has it');
});

test('a status is told to staff and to others in their own words', () => {
  const view = aView({ ticket: { ...aView().ticket, status: 'pending' } });
  expect(templates.render('public-reply', 'en', view).text).toContain('TX0418, waiting for your answer.');
  expect(templates.render('new-comment-for-staff', 'en', view).text).toContain('Status  pending');
});

test('T07: the receipt repeats nothing of what was sent', () => {
  const canary = 'canary-buy-now';
  const view = aView({
    ticket: { ...aView().ticket, subject: canary },
    actor: { name: canary, signature: writtenWords(canary) },
    before: { by: canary, at: new Date(0), words: writtenWords(canary) },
    comment: writtenWords(canary),
    files: [canary],
    event: { ...aView().event, reason: canary },
  });
  for (const locale of LOCALES) {
    const { subject, text, html } = templates.render('ticket-received', locale, view);
    expect(`${subject}${text}${html}`).not.toContain(canary);
  }
  expect(templates.render('ticket-received', 'en', view).subject).toBe('We have your request, TX0418');
});

test("a person's reply begins with their words and has no button", () => {
  const { text, html } = templates.render('public-reply', 'en', aView());
  expect(text).toMatch(
    /^Thank you, that helps\.\n\nPlease put the laptop on the dock,\nand wait\.\n\nMarta Kowalska\nSmartSupport\n/,
  );
  expect(html).not.toContain('class="btn"');
  expect(html).toContain('Please put the laptop on the dock,<br>and wait.');
});

test('formatted words have the looks of the mail, in light and dark, and say what the text says', () => {
  const html = [
    '<h2>First</h2><p>Take <code>ls -l</code></p><p></p><blockquote><p>It hums</p></blockquote>',
    '<ol><li><p>one</p><ul><li><p>inner</p></li></ul></li></ol><pre><code>a &lt; b</code></pre><hr />',
  ].join('');
  const body = 'First\n\nTake ls -l\n\n> It hums\n\n1. one\n   - inner\n\na < b\n\n---';
  const mail = templates.render('public-reply', 'en', aView({ comment: writtenWords(body, html) }));
  expect(words(htmlWords(mail.html))).toEqual(words(mail.text.replace(/https:\S+|1\. /g, '')));
  for (const tag of ['p', 'blockquote', 'ol', 'ul', 'pre', 'code', 'hr'])
    expect(mail.html).not.toMatch(new RegExp(`<${tag}( /)?>`));
  expect(mail.html).toMatch(/<li>one<ul [^>]*><li>inner<\/li><\/ul><\/li>/);
  expect(mail.html).toContain('a &lt; b');
});

test('a subject stays one line whatever is in it', () => {
  const view = aView({ ticket: { ...aView().ticket, subject: 'a\r\nBcc: evil@x\u2028b\u0000c\td' } });
  expect(templates.render('public-reply', 'en', view).subject).toBe('Re: a Bcc: evil@x b c d');
});

test.each([
  ['de-AT', 'Wir haben Ihre Anfrage, TX0418'],
  ['fr', 'We have your request, TX0418'],
  ['', 'We have your request, TX0418'],
  ['__proto__', 'We have your request, TX0418'],
])('the locale %j reads a language we have', (locale, subject) => {
  expect(templates.render('ticket-received', locale, aView()).subject).toBe(subject);
});

test('a day is written as its reader writes it', () => {
  expect(templates.render('ticket-received', 'en', aView()).text).toContain('Monday, 23 November 2026');
  expect(templates.render('ticket-received', 'de', aView()).text).toContain('Montag, 23. November 2026');
});

test.each([
  ['en', 'UTC', 'Monday, 23 November 2026 at 09:02 UTC'],
  ['en', 'Europe/Berlin', 'Monday, 23 November 2026 at 10:02 CET'],
  ['de', 'Europe/Berlin', 'Montag, 23. November 2026 um 10:02 MEZ'],
  ['en', 'Asia/Tokyo', 'Monday, 23 November 2026 at 18:02 GMT+9'],
])('in %s, a time in %s names its zone', (locale, timeZone, written) => {
  const view = aView({ desk: { ...aView().desk, timeZone } });
  expect(templates.render('ticket-received', locale, view).text.replaceAll('\n', ' ')).toContain(written);
});

test('the address of the organisation stands at the end, where there is one', () => {
  const text = (address: string[]) =>
    templates.render('public-reply', 'en', aView({ desk: { ...aView().desk, address } })).text;
  expect(text(['1 Harbour Street', 'Maravia'])).toMatch(/\n1 Harbour Street\nMaravia\n$/);
  expect(text([])).not.toContain('Harbour');
});

test.each([
  ['https://help.example/t/TX0001', true],
  ['http://localhost:8080/t/TX0001', true],
  ['mailto:support@help.example', true],
  ['javascript:alert(1)', false],
  [' javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['//help.example', false],
  ['https://x.example/"onclick="', false],
])('T23: a link to %j is allowed: %s', (url, allowed) => {
  expect(safeUrl(url)).toBe(allowed ? url : '');
});

test.each([
  ['Re: AW: Fwd: Printer', 'Printer'],
  ['RE[2]: Printer', 'Printer'],
  ['Reply wanted', 'Reply wanted'],
  ['Re:', 'Re:'],
  ['x'.repeat(900), 'x'.repeat(200)],
])('the bare subject of %j', (subject, bare) => {
  expect(bareSubject(subject)).toBe(bare);
});

function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu)?.toSorted() ?? [];
}

/** What a reader sees of the page: no head, no line for the list of mails. A headline or label has no place in every text. */
function htmlWords(html: string): string {
  return html
    .replace(/^[\s\S]*?<body[^>]*>/, '')
    .replace(/<div style="display:none[\s\S]*?<\/div>/, '')
    .replace(/<h1[\s\S]*?<\/h1>/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&[#\w]+;/g, ' ');
}
