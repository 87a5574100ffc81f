import { describe, expect, test } from 'vitest';
import { PARSE_LIMITS } from '../../../../src/mail/inbound/parse/limits.ts';
import { extractReply } from '../../../../src/mail/inbound/parse/reply/extract-reply.ts';
import { HEADER, nestedMultiparts, parts } from './bombs.ts';
import { htmlMail, parse, parsed } from './support.ts';

const KB = 1024;
const MB = 1024 * KB;

test('T20: the limits are those that the operator is told', () => {
  expect(PARSE_LIMITS).toMatchObject({
    timeMs: 20_000,
    rssBytes: 400 * MB,
    rawBytes: 50 * MB,
    depth: 50,
    parts: 500,
    headerBytes: 256 * KB,
    addresses: 1000,
    htmlBytes: 10 * MB,
  });
});

const withHeaderOf = (bytes: number) => `${HEADER}X-Long: ${'a'.repeat(bytes - HEADER.length - 40)}\r\n\r\nhi`;
const withRecipients = (count: number) => `${HEADER}Cc: ${'a@example.net, '.repeat(count)}\r\n\r\nhi`;

describe('T20: a message at the limit is read, and one beyond it is told from it', () => {
  test.each([
    // The message itself is a part, and it names one address in From and one in To.
    ['parts', () => parts(499), () => parts(500), 'too-many-parts'],
    ['nesting', () => nestedMultiparts(49), () => nestedMultiparts(50), 'too-deep'],
    ['addresses', () => withRecipients(998), () => withRecipients(999), 'too-many-addresses'],
    ['header', () => withHeaderOf(250 * KB), () => withHeaderOf(260 * KB), 'header-too-large'],
  ])('%s', async (_, within, beyond, code) => {
    expect(await parse(within())).toMatchObject({ ok: true });
    expect(await parse(beyond())).toMatchObject({ ok: false, failure: { code } });
  });

  test('a message of more than 50 MB is not looked at', async () => {
    expect(await parse(Buffer.alloc(50 * MB + 1, 'a'))).toMatchObject({ ok: false, failure: { code: 'too-large' } });
  });

  test('html of more than 10 MB is not read', async () => {
    const html = `<p>${'a'.repeat(10 * MB)}</p>`;
    expect(await parse(htmlMail(html))).toMatchObject({ ok: false, failure: { code: 'too-large' } });
  });

  test('text of more than 10 MB is a file', async () => {
    const words = Buffer.alloc(10 * MB + 1, `${'word '.repeat(15)}\r\n`);
    const mail = await parsed(Buffer.concat([Buffer.from(`${HEADER}\r\n`), words]));
    expect(mail).toMatchObject({ text: '', attachments: [{ contentType: 'text/plain' }] });
  });

  test('what is behind the first million characters of a text counts as quoted, and nothing is lost', () => {
    const text = `${`${'word '.repeat(20)}.\n`.repeat(MB / 100)}the end`;
    const { reply, quoted } = extractReply(text, { subject: 'x', isReply: false });
    expect(reply.length).toBeLessThanOrEqual(MB);
    expect(quoted.endsWith('the end')).toBe(true);
    expect(reply.length + quoted.length).toBeGreaterThan(text.length - 10);
  });

  test('what is behind the first 15,000 lines counts as quoted, and nothing is lost', () => {
    const lines = [...Array.from({ length: 20_000 }, (_, i) => `line ${i}`), 'the end'];
    const { reply, quoted } = extractReply(lines.join('\n'), { subject: 'x', isReply: false });
    expect(reply.split('\n')).toEqual(lines.slice(0, 15_000));
    expect(quoted.trim().split('\n')).toEqual(lines.slice(15_000));
  });

  test('html of more than 200,000 tags is read as text, and nothing is lost', async () => {
    const mail = await parsed(
      `${HEADER.replaceAll('\r\n', '\n')}Content-Type: text/html\n\n${'<p>word</p>'.repeat(110_000)}the end`,
    );
    expect(mail.text.split('\n').filter(Boolean)).toHaveLength(110_001);
    expect(mail.safeHtml?.startsWith('<pre>')).toBe(true);
    expect(mail.safeHtml?.endsWith('the end</pre>')).toBe(true);
  });
});
