import iconv from 'iconv-lite';
import { base64, fieldOf, isContent, onMail, quotedPrintable, type Disguise } from './disguise.ts';
import { leaves, type Leaf, type RawMail } from './raw-mail.ts';

/** What programs wrote for programs: in it each character counts. */
const FOR_PROGRAMS = /^(?:begin |-----BEGIN)/m;

const isEncoding = (field: string) => /^content-transfer-encoding:/i.test(field);
const inBase64 = (text: string, type: string) =>
  `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(Buffer.from(text))}`;

/** The parts in another transfer encoding. */
const recoded = (encode: (bytes: Buffer) => string, name: string): Disguise =>
  onMail((mail) =>
    leaves(mail, ({ type, decoded, fields }) =>
      type.startsWith('message/') || decoded === null
        ? null
        : {
            fields: [...fields.filter((field) => !isEncoding(field)), `Content-Transfer-Encoding: ${name}`],
            body: encode(decoded),
          },
    ),
  );

/** The texts in another charset. */
const inCharset = (charset: string): Disguise =>
  onMail((mail) =>
    leaves(mail, (leaf) => {
      const text = leaf.charset !== '' && /^text\/(?:plain|html)$/.test(leaf.type) ? textOf(leaf) : null;
      const bytes = iconv.encode(text ?? '', charset, { addBOM: false });
      if (text === null || /<meta/i.test(text) || iconv.decode(bytes, charset) !== text) return null;
      const relabelled = leaf.fields
        .filter((field) => !isEncoding(field))
        .map((field) =>
          /^content-type:/i.test(field)
            ? field.replace(/charset\s*=\s*("[^"]*"|[^;\s]*)/i, `charset=${charset}`)
            : field,
        );
      return { fields: [...relabelled, 'Content-Transfer-Encoding: base64'], body: base64(bytes) };
    }),
  );

function textOf({ decoded, charset }: Leaf): string | null {
  const label = charset || 'us-ascii';
  if (decoded === null || !iconv.encodingExists(label) || /utf-?7/i.test(label)) return null;
  const text = iconv.decode(decoded, label);
  return text.includes('\ufffd') ? null : text;
}

/** The text of a mail that is one text, in plain line ends. */
function onlyText(mail: RawMail): string | null {
  let found: string | null = null;
  if (/format=/i.test(fieldOf(mail, 'content-type'))) return null;
  leaves(mail, (leaf) => {
    if (leaf.isRoot && leaf.type === 'text/plain') found = textOf(leaf)?.replaceAll('\r\n', '\n') ?? null;
    return null;
  });
  return found;
}

/** A mail of one text with another body: its content header and what follows. */
const rebuilt = (build: (text: string) => string | null): Disguise =>
  onMail((mail) => {
    const text = onlyText(mail);
    const made = text === null ? null : build(text);
    if (made === null) return null;
    const end = made.indexOf('\r\n\r\n');
    return {
      fields: [
        ...mail.fields.filter((field) => !isContent(field)),
        'MIME-Version: 1.0',
        ...made.slice(0, end).split('\r\n'),
      ],
      body: made.slice(end + 4),
    };
  });

const retexted = (change: (text: string) => string, never = FOR_PROGRAMS, type = 'text/plain'): Disguise =>
  rebuilt((text) => (never.test(text) ? null : inBase64(change(text), type)));

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const ashtml = (write: (lines: string[]) => string) => (text: string) =>
  `<html><body>${write(escaped(text).split('\n'))}</body></html>`;
const inElements = ashtml((lines) => lines.map((line) => `<div>${line || '<br>'}</div>`).join(''));
const html = (write: (text: string) => string) => retexted(write, FOR_PROGRAMS, 'text/html');
const NEVER = /(?!)/;

/** Quotation marks as elements. */
function inBlockquotes(lines: readonly string[]): string {
  let depth = 0;
  const written = lines.map((line) => {
    const marks = /^(?:&gt; ?)*/.exec(line)?.[0] ?? '';
    const deeper = marks.split('&gt;').length - 1 - depth;
    depth += deeper;
    const edges = (deeper > 0 ? '<blockquote type="cite">' : '</blockquote>').repeat(Math.abs(deeper));
    return `${edges}<div>${line.slice(marks.length) || '<br>'}</div>`;
  });
  return written.join('') + '</blockquote>'.repeat(depth);
}

/** Other ways to write the body. */
export const BODY_DISGUISES: Readonly<Record<string, Disguise>> = {
  'in base64': recoded(base64, 'base64'),
  'in base64 on one line': recoded((bytes) => bytes.toString('base64'), 'BASE64'),
  'in quoted-printable': recoded(quotedPrintable, 'quoted-printable'),
  'in UTF-8': inCharset('utf-8'),
  'in UTF-16': inCharset('utf-16le'),
  'in windows-1252': inCharset('windows-1252'),
  'no line end at the end': retexted((text) => text.trimEnd(), NEVER),
  'a blank line first': retexted((text) => `\n${text}`, NEVER),
  'blanks at the ends of lines': retexted((text) => text.replaceAll(/(?<=\S)$/gm, ' ')),
  'line ends written twice': retexted((text) => text.replaceAll('\n', '\r\r\n'), NEVER),
  'a blank line between all lines': retexted((text) => text.replaceAll('\n', '\n\n'), /^(?:>|begin |-----BEGIN)/m),
  'blanks that do not break': retexted((text) => text.replaceAll(/(?<=\S) (?=\S)/g, '\u00a0')),
  'marks of direction': retexted((text) => text.replaceAll(/^(?=[^>\s-])/gm, '\u200e')),
  'no blanks behind quotation marks': retexted((text) =>
    text.replaceAll(/^(?:> ?)+ /gm, (marks) => marks.replaceAll(' ', '')),
  ),
  'blanks between quotation marks': retexted((text) =>
    text.replaceAll(/^(?:> ?)+/gm, (marks) => '> '.repeat(marks.replaceAll(' ', '').length)),
  ),
  'lines that could flow': retexted(
    (text) =>
      text
        .replaceAll(/^(?=[ >]|From )/gm, (_, at: number) => (text[at] === '>' ? '' : ' '))
        .replaceAll(/(?<!^--) +$/gm, ''),
    FOR_PROGRAMS,
    'text/plain; format=flowed',
  ),
  'lines as html with breaks': html(ashtml((lines) => lines.join('<br>\n'))),
  'lines as html in elements': html(inElements),
  'preformatted html': html(ashtml((lines) => `<pre>\n${lines.join('\n')}</pre>`)),
  'quotations in elements': html(ashtml(inBlockquotes)),
  'text beside html': rebuilt((text) => {
    const parts = [inBase64(text, 'text/plain'), inBase64(inElements(text), 'text/html')];
    return `Content-Type: multipart/alternative; boundary="_alt"\r\n\r\n${parts.map((part) => `--_alt\r\n${part}\r\n`).join('')}--_alt--\r\n`;
  }),
};
