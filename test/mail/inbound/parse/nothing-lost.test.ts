import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extractFromLines, extractReply } from '../../../../src/mail/inbound/parse/reply/extract-reply.ts';
import { htmlLines } from '../../../../src/mail/inbound/parse/reply/html-lines.ts';

const RUNS = { numRuns: 1000 };
/** Lines of a body; each `#` becomes a word of its own that must not get lost. */
const LINES = [
  'Thanks, it works #.',
  '#',
  '> quoted #',
  '>> deeper #',
  '',
  '',
  '> ',
  '-- ',
  '--',
  '------ # ------',
  '________________________________',
  'On Mon, Jan 5, 2026 at 9:41 AM Bo # <bo@example.org> wrote:',
  'Yes #. On 5 Jan 2026, at 09:41, Bo Lind <bo@example.org> wrote:',
  'Am 05.01.2026 um 09:41 schrieb Bo #:',
  'Bo # wrote:',
  'On Mon, Jan 5, 2026 at 9:41 AM Bo #',
  '<bo@example.org> wrote:',
  '>>> Bo # 05.01.2026 09:41 >>>',
  '-----Original Message-----',
  '----- Forwarded message # -----',
  '----- End forwarded message -----',
  'Begin forwarded message:',
  'From: Bo # <bo@example.org>',
  'Sent: Monday, January 5, 2026 9:41 AM',
  'To: Desk #',
  'Subject: Toner #',
  '##- Please type your reply above this line -##',
  '```',
  'Kind regards',
  'Anna #',
  'Tel: +49 89 123456#',
  'www.example.org/#',
  'Sent from my iPhone',
  'Get Outlook for iOS',
  'This e-mail is confidential. If you are not the intended recipient, delete it and notify # please.',
  '-----BEGIN PGP SIGNED MESSAGE-----',
  'Hash: SHA256',
  '-----BEGIN PGP SIGNATURE-----',
];
const bodies = fc.array(fc.constantFrom(...LINES), { maxLength: 40 }).map((lines) => {
  let count = 0;
  const text = lines.map((line) => line.replaceAll('#', () => `w${String(++count)}x`)).join('\n');
  return { text, words: Array.from({ length: count }, (_, i) => `w${String(i + 1)}x`) };
});
const contexts = fc.record({ subject: fc.constantFrom('Re: x', 'Fwd: x', 'x'), isReply: fc.boolean() });

test('nothing is thrown away: every word of a text is in the reply, the quotation or the signature', () => {
  fc.assert(
    fc.property(bodies, contexts, ({ text, words }, context) => {
      const { reply, quoted, signature } = extractReply(text, context);
      const kept = `${reply}\n${quoted}\n${signature}`;
      for (const word of words) expect(kept).toContain(word);
    }),
    RUNS,
  );
});

test('nor of an html body', () => {
  const ELEMENTS: ((text: string) => string)[] = [
    (text) => `<div>${text}</div>`,
    (text) => `<blockquote>${text}</blockquote>`,
    (text) => `<div class="gmail_quote">${text}</div>`,
    (text) => `<div id="divRplyFwdMsg">${text}</div>`,
    (text) => `<div id="Signature">${text}</div>`,
    (text) => `<pre>${text}</pre>`,
    (text) => `<table><tr><td>${text}</td></tr></table>`,
    (text) => `${text}<hr>`,
  ];
  const parts = fc.array(fc.tuple(bodies, fc.constantFrom(...ELEMENTS)), { maxLength: 6 });
  fc.assert(
    fc.property(parts, contexts, (pieces, context) => {
      const html = pieces
        .map(([{ text }, wrap]) => wrap(text.replaceAll('<', '&lt;').replaceAll('\n', '<br>')))
        .join('');
      const { reply, quoted, signature } = extractFromLines(htmlLines(html), context);
      const kept = `${reply}\n${quoted}\n${signature}`;
      for (const { words } of pieces.map(([body]) => body)) for (const word of words) expect(kept).toContain(word);
    }),
    RUNS,
  );
});

test('the reply is never empty when the sender began with words of his own', () => {
  fc.assert(
    fc.property(bodies, contexts, ({ text }, context) => {
      const { reply } = extractReply(`The printer is broken again.\n\n${text}`, context);
      expect(reply.startsWith('The printer is broken again.')).toBe(true);
    }),
    RUNS,
  );
});

test('nor when the mail is nothing but words, whatever they are', () => {
  const lines = fc.array(fc.string({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 10 });
  // Anything around a word, rather than only what happens to hold one: that would be thrown away nearly always.
  const word = fc.constantFrom('Toner', 'ärger', 'печать', 'http', 'FROM');
  fc.assert(
    fc.property(lines, word, fc.nat(9), (around, said, at) => {
      const text = around.with(at % around.length, `${around[at % around.length]}${said}`).join('\n');
      const { reply, quoted, signature, forward } = extractReply(text, { subject: 'x', isReply: false });
      expect(reply !== '' || quoted !== '' || signature !== '' || forward !== null).toBe(true);
    }),
    RUNS,
  );
});
