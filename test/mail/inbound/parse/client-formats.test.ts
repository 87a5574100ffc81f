import { describe, expect, test } from 'vitest';
import { isAppendedLine } from '../../../../src/mail/inbound/parse/reply/appended-line.ts';
import { extractFromLines, extractReply } from '../../../../src/mail/inbound/parse/reply/extract-reply.ts';
import { htmlLines } from '../../../../src/mail/inbound/parse/reply/html-lines.ts';
import { MAIL_LANGUAGES, type HeaderRole } from '../../../../src/mail/inbound/parse/reply/languages.ts';
import { APPENDED_LINES, NOT_APPENDED } from './client-formats/appended-lines.ts';
import { ATTRIBUTIONS, AUTHORS } from './client-formats/attributions.ts';
import { FORWARDS } from './client-formats/forwards.ts';
import { HTML_REPLIES } from './client-formats/html-replies.ts';
import { PRINTED_HEADERS } from './client-formats/printed-headers.ts';

/** A client whose line begins with dashes puts it on a line of its own; a direction mark begins one as well. */
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;
const REPLY = 'Thanks, that worked.\n\nOne more question: what about the toner?';
const OLD = 'We have replaced the drum.\nPlease try again on Monday at 10:30.\n\nKind regards\nBo';
const replyOf = (body: string) => extractReply(body, { subject: 'Re: Toner', isReply: true }).reply;

/** Where the line above a quotation can stand, each with what the sender wrote around it. */
const AROUND_ATTRIBUTION: Record<string, (line: string) => string> = {
  'above quoted lines': (line) => `${REPLY}\n\n${line}\n${marked(OLD)}\n`,
  'a blank line above quoted lines': (line) => `${REPLY}\n\n${line}\n\n${marked(OLD)}\n`,
  'above unmarked lines': (line) => `${REPLY}\n\n${line}\n\n${OLD}\n`,
  'wrapped at 50 columns': (line) => `${REPLY}\n\n${wrapped(line, 50)}\n\n${marked(OLD)}\n`,
  'wrapped at 60 columns above unmarked lines': (line) => `${REPLY}\n\n${wrapped(line, 60)}\n${OLD}\n`,
  'above the quotation that is answered below': (line) => `${line}\n${marked(OLD)}\n\n${REPLY}\n`,
  'behind the last words of the reply': (line) => `${REPLY} ${line}\n${marked(OLD)}\n`,
  'with blanks that do not break': (line) => `${REPLY}\n\n${line.replaceAll(' ', '\u00a0')}\n${marked(OLD)}\n`,
  'behind a mark of direction': (line) => `${REPLY}\n\n\u202a${line}\u202c\n${marked(OLD)}\n`,
  'behind the last letter of the reply': (line) => `${REPLY}${line}\n${marked(OLD)}\n`,
  'quoted itself': (line) => `${REPLY}\n\n${marked(`${line}\n\n${OLD}`)}\n`,
  'twice, one in the other': (line) => `${REPLY}\n\n${line}\n${marked(`${OLD}\n\n${line}\n${marked(OLD)}`)}\n`,
};

describe('the line above a quotation is found, whatever client in whatever language wrote it', () => {
  test.each(ATTRIBUTIONS)('%s (%s): %s', (client, _, line) => {
    for (const [where, body] of Object.entries(AROUND_ATTRIBUTION)) {
      // GroupWise quotes all that follows, without marks.
      if (client === 'GroupWise' && where.includes('answered below')) continue;
      if (where.startsWith('behind') && (/^[->]/.test(line) || RIGHT_TO_LEFT.test(line))) continue;
      expect(replyOf(body(line)), where).toBe(REPLY);
    }
  });
});

describe('the author has any name an address book may hold', () => {
  test.each(AUTHORS)('%s', (author) => {
    for (const [client, , line] of ATTRIBUTIONS.filter(([, , written]) => written.includes('Bo Lind'))) {
      const named = line.replaceAll('Bo Lind', author);
      expect(replyOf(`${REPLY}\n\n${named}\n${marked(OLD)}\n`), `${client}: ${named}`).toBe(REPLY);
      if (isToldByName(author)) expect(replyOf(`${REPLY}\n\n${named}\n\n${OLD}\n`), `${client}: ${named}`).toBe(REPLY);
    }
  });
});

/** Above unmarked words a name in small letters could be a sentence. */
const isToldByName = (author: string) => !author.startsWith('van ');

const AROUND_HEADER: Record<string, (header: string) => string> = {
  'a blank line below the words': (header) => `${REPLY}\n\n${header}\n\n${OLD}\n`,
  'right below the words': (header) => `${REPLY}\n${header}\n${OLD}\n`,
  'far below the words': (header) => `${REPLY}\n\n\n\n${header}\n\n\n${OLD}\n`,
  'above quoted lines': (header) => `${REPLY}\n\n${header}\n\n${marked(OLD)}\n`,
  'quoted itself': (header) => `${REPLY}\n\n${marked(`${header}\n\n${OLD}`)}\n`,
  twice: (header) => `${REPLY}\n\n${header}\n\n${OLD}\n\n${header}\n\n${OLD}\n`,
  'below a signature': (header) => `${REPLY}\n\n-- \nAnna\n\n${header}\n\n${OLD}\n`,
  'below what a phone appended': (header) => `${REPLY}\n\nSent from my iPhone\n\n${header}\n\n${OLD}\n`,
  'its lines apart': (header) => `${REPLY}\n\n${header.replaceAll(/(?<=\S)\n(?=\S)/g, '\n\n')}\n\n\n${OLD}\n`,
  'with blanks that do not break': (header) => `${REPLY}\n\n${header.replaceAll(' ', '\u00a0')}\n\n${OLD}\n`,
  'behind marks of direction': (header) => `${REPLY}\n\n${header.replaceAll(/^/gm, '\u200f')}\n\n${OLD}\n`,
  'above indented lines': (header) => `${REPLY}\n\n${header}\n\n\t${OLD.replaceAll('\n', '\n\t')}\n`,
};

describe('the printed header above an unmarked quotation is found, whatever client in whatever language wrote it', () => {
  test.each(PRINTED_HEADERS)('%s (%s)', (_client, _language, header) => {
    for (const [where, body] of Object.entries(AROUND_HEADER)) expect(replyOf(body(header)), where).toBe(REPLY);
  });
});

describe('what is quoted in html is told from what is new, however the client marks it', () => {
  test.each(HTML_REPLIES)('%s', (_, html) => {
    const { reply, quoted } = extractFromLines(htmlLines(html), { subject: 'Re: Toner', isReply: true });
    expect(reply.split(/\s*\n\s*/)).toEqual(['Thanks, that worked.', 'What about the toner?']);
    expect(quoted).toContain('We have replaced the drum.');
  });
});

const NOTE = 'Please have a look at this one.\n\nAnna';
const AROUND_FORWARD: Record<string, (head: string, text: string) => [body: string, reply: string]> = {
  'below a note': (head, text) => [`${NOTE}\n\n${head}\n${text}\n`, NOTE],
  alone: (head, text) => [`${head}\n${text}\n`, ''],
  'between blank lines': (head, text) => [`\n\n${NOTE}\n\n\n\n${head}\n\n\n${text}\n\n`, NOTE],
  'below a signature': (head, text) => [`${NOTE}\n\n-- \nAnna Berg\nStore\n\n${head}\n${text}\n`, NOTE],
};

describe('a forwarded message is told from the note above it, whatever client in whatever language sent it', () => {
  test.each(FORWARDS)('%s (%s), %s:', (_client, _language, prefix, head) => {
    const text = /^> ?$/m.test(head.split('\n').at(-1) ?? '') ? marked(OLD) : OLD;
    for (const [where, around] of Object.entries(AROUND_FORWARD)) {
      const [body, reply] = around(head, text);
      // Outlook sets In-Reply-To on what it forwards, others do not.
      for (const isReply of [false, true]) {
        const found = extractReply(body, { subject: `${prefix}: Toner`, isReply });
        const from = { address: 'bo@example.org', name: 'Bo Lind' };
        const date: unknown = expect.stringMatching(/0?9[:.]41/);
        const forward = { subject: 'Toner', from, date, text: OLD };
        expect({ reply: found.reply, forward: found.forward }, where).toEqual({ reply, forward });
      }
    }
  });
});

describe('a line that a phone or an app appended', () => {
  test.each(APPENDED_LINES)('(%s) %s', (_, line) => {
    expect(isAppendedLine(line)).toBe(true);
    expect(replyOf(`${REPLY}\n\n${line}\n`)).toBe(REPLY);
    expect(replyOf(`${REPLY}\n${line}\n\n\nOn 2026-01-05 09:41, Bo Lind wrote:\n${marked(OLD)}\n`)).toBe(REPLY);
  });
  test.each(NOT_APPENDED)('is not: %s', (line) => expect(isAppendedLine(line)).toBe(false));
});

test('every language of the table has a sample of its own', () => {
  const covered = new Set(
    [...ATTRIBUTIONS, ...PRINTED_HEADERS, ...FORWARDS].map(([, language]) => language.split('-')[0]),
  );
  expect(MAIL_LANGUAGES.map(({ code }) => code).filter((code) => !covered.has(code))).toEqual([]);
});

describe('each word of a language does what its column says', () => {
  test.each(MAIL_LANGUAGES)('$code', ({ wrote, lead, original, forwarded, labels }) => {
    const first = (role: HeaderRole) => labels[role]?.[0] ?? role;
    for (const verb of wrote) {
      expect(replyOf(`${REPLY}\n\n5.01.2026 09:41 Bo Lind <bo@example.org> ${verb}:\n${OLD}`), verb).toBe(REPLY);
      for (const word of lead)
        expect(replyOf(`${REPLY}\n\n${word} 5.01.2026 09:41, Bo Lind <bo@example.org> ${verb}:\n${OLD}`), word).toBe(
          REPLY,
        );
    }
    for (const mark of original) {
      expect(replyOf(`${REPLY}\n\n----- ${upper(mark)} -----\n${OLD}`), mark).toBe(REPLY);
    }
    for (const [role, words] of Object.entries(labels))
      for (const word of words) {
        const names = {
          from: first('from'),
          date: first('date'),
          to: first('to'),
          subject: first('subject'),
          [role]: word,
        };
        const header = `${names.from}: Bo Lind <bo@example.org>\n${names.date}: 5.01.2026 09:41\n${names.to}: Desk\n${names.subject}: Toner`;
        expect(replyOf(`${REPLY}\n\n${upper(header)}\n\n${OLD}`), word).toBe(REPLY);
      }
    for (const mark of forwarded) {
      const header = `${first('from')}: Bo Lind <bo@example.org>\n${first('subject')}: Toner\n${first('date')}: 5.01.2026 09:41\n`;
      for (const line of [`----- ${mark} -----`, `${upper(mark)}:`]) {
        const found = extractReply(`${NOTE}\n\n${line}\n\n${header}\n${OLD}`, {
          subject: 'Fwd: Toner',
          isReply: false,
        });
        expect(found.reply, line).toBe(NOTE);
        expect(found.forward, line).toMatchObject({ subject: 'Toner', from: { address: 'bo@example.org' }, text: OLD });
      }
    }
  });
});

const upper = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Lines with quote marks. */
function marked(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

/** Lines broken between words, as mail clients do it. */
function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) =>
      line.split(' ').reduce((lines, word) => {
        const last = lines.slice(lines.lastIndexOf('\n') + 1);
        if (last === '') return word;
        return last.length + word.length + 1 > width ? `${lines}\n${word}` : `${lines} ${word}`;
      }, ''),
    )
    .join('\n');
}
