import { classifyMessage } from '../../../../../src/mail/inbound/parse/classify/classify-message.ts';
import { gatherMailFacts } from '../../../../../src/mail/inbound/parse/classify/facts.ts';
import { contentHash } from '../../../../../src/mail/inbound/parse/content-hash.ts';
import { parseDate } from '../../../../../src/mail/inbound/parse/mime/date.ts';
import type { MimePart } from '../../../../../src/mail/inbound/parse/mime/mime-parts.ts';
import { readProtection } from '../../../../../src/mail/inbound/parse/mime/protection.ts';
import { extractFromLines, extractReply } from '../../../../../src/mail/inbound/parse/reply/extract-reply.ts';
import { hintsAtQuotation } from '../../../../../src/mail/inbound/parse/reply/html-containers.ts';
import { htmlLines } from '../../../../../src/mail/inbound/parse/reply/html-lines.ts';
import { subjectKind } from '../../../../../src/mail/inbound/parse/reply/subject-kind.ts';
import { safeHtml } from '../../../../../src/mail/inbound/parse/safe-html.ts';
import type { Scanner } from './scanner.ts';

const REPLY = { subject: 'Re: printer', isReply: true };
const FORWARD = { subject: 'Fwd: printer', isReply: false };

const part = (contentType: string, text: string): MimePart => ({
  contentType,
  params: new Map(),
  disposition: '',
  filename: '',
  contentId: null,
  encoding: '',
  fields: [],
  bytes: Buffer.from(text),
  children: [],
});

/** As the notice of a mail system, with a returned report, under a subject that says nothing. */
function classify(text: string, subject = 'x') {
  const fields = [
    { name: 'from', value: 'MAILER-DAEMON@mx.example.org' },
    { name: 'subject', value: subject },
    { name: 'content-type', value: 'multipart/report; report-type=delivery-status' },
  ];
  const root = { ...part('multipart/report', ''), children: [part('message/delivery-status', text)] };
  return classifyMessage(gatherMailFacts(fields, root, subject, text));
}

const TAGS = [
  '<',
  '<a>',
  '<b>',
  '</b>',
  '<!--',
  '<a href="',
  '<a href="http://a.test">b.test',
  '<p style="color:red;">',
  '<td>',
  '<svg>',
  '&lt',
];

/** What reads the words: reply, quotation, signature, forward, html, class. */
export const BODY_SCANNERS: Record<string, Scanner> = {
  'the lines of a reply': {
    text: (input) => extractReply(input, REPLY),
    patterns: [
      '\n',
      '>',
      '> \n',
      '> a\nb\n',
      'a\n',
      ' ',
      '\t\n',
      '----------\n',
      '-',
      '```\nx\n```\n',
      '    x\n',
      '|',
      '=\n',
    ],
  },
  attributions: {
    text: (input) => extractReply(input, REPLY),
    patterns: [
      'On ',
      'On 12:30\n',
      'On Mon,\n',
      'wrote:\n',
      ' wrote: ',
      'On Mon, Jan 5, 2026 at 9:41 AM bo@example.org wrote:\n',
      'yes On Mon, Jan 5, 2026 at 9:41 AM bo@example.org wrote:\n> no\n',
      'Le lun. 5 janv. 2026 à 09:41, ',
      'Am 05.01.2026 um 09:41 schrieb ',
      '2026-01-05 9:41 GMT+01:00 <a@b.test>:\n',
      '<a@b.test>',
      'bo@',
      '在 2026年1月5日，',
      'AB> x\n',
    ],
  },
  'printed headers': {
    text: (input) => extractReply(input, REPLY),
    patterns: [
      'From: ',
      'From: a@example.org\n',
      'From: a\nSent: b\nTo: c\nSubject: d\n',
      '*From:* a\n',
      'Von: a\nGesendet: ',
      'Date:\n',
      ': \n',
    ],
  },
  signatures: {
    text: (input) => extractReply(input, REPLY),
    patterns: [
      '-- \n',
      '--\nBo\n',
      'Sent from my ',
      'Sent from my iPhone\n\n',
      'Kind regards\nBo\n',
      'http://a.test ',
      '+49 30 1234567 ',
      '__\n',
      '-----BEGIN PGP SIGNATURE-----\n',
    ],
  },
  forwards: {
    text: (input) => extractReply(input, FORWARD),
    patterns: [
      'Begin forwarded message:\n',
      '---------- Forwarded message ---------\n',
      '---------- Forwarded message ---------\nFrom: a <a@b.test>\n',
      '-----Original Message-----\n',
      '> From: a <a@b.test>\n',
      'On Mon, Jan 5, 2026 at 9:41 AM bo@example.org wrote:\n',
      '\n',
      '>',
    ],
  },
  'the lines of html': {
    text: (input) => extractFromLines(htmlLines(input), REPLY),
    patterns: [
      ...TAGS,
      '<br>',
      '<p>a',
      '<hr>',
      '<div class="gmail_quote">',
      '<blockquote>',
      '<blockquote>a</blockquote>',
      '<blockquote>a</blockquote>b',
      '<div style="border:none;border-top:solid 1px">',
      '<table><tr><td>',
      '<style>',
      '<pre>\n',
      '<div>On Mon, Jan 5, 2026 at 9:41 AM bo@example.org wrote:</div>',
      '&nbsp;',
      ' ',
    ],
  },
  'hints at quotation': {
    text: hintsAtQuotation,
    patterns: ['<div class="', 'gmail', '<blockquote', ' id=', 'border-top'],
  },
  'the safe html': { text: safeHtml, patterns: TAGS },
  'the class of a notice': {
    text: (input) => classify(input),
    patterns: [
      'a@b.test\n',
      'a@b.test ',
      'a@',
      '<',
      'not ',
      'message to ',
      'Final-Recipient: rfc822; a@b.test\n\n',
      'Final-Recipient: ',
      ' folded\n',
      'could not be delivered to the following recipient:\n',
      '550 5.1.1 ',
      '550 ',
      '\n',
    ],
  },
  'the class by subject': {
    text: (input) => classify('', input),
    patterns: ['re: ', 'out of office ', ' ', '[a] ', 'auto', '('],
  },
  'the kind of a subject': { text: (input) => subjectKind(input), patterns: ['re: ', 'fwd: ', '[a] ', ' ', 're', '['] },
  'PGP armour in a text': {
    text: (input) => readProtection(part('text/plain', ''), input),
    patterns: ['-----BEGIN PGP MESSAGE-----x\n', '-----BEGIN PGP MESSAGE-----     x', '-', '\n'],
  },
  dates: { text: parseDate, patterns: ['1', '(', ' ', 'Mon ', '1 Jan '] },
  'the content hash': {
    text: (input) =>
      contentHash({ from: 'a@b.test', date: '', subject: '', text: input, html: input, attachments: [] }),
    patterns: [' ', '\n', 'a '],
  },
};
