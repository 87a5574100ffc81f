/** Of a message that means no good. */
export const HEADER =
  'From: Mallory <mallory@example.net>\r\nTo: desk@example.org\r\nSubject: bomb\r\nMIME-Version: 1.0\r\n';

const text = (body: string) => `${HEADER}Content-Type: text/plain\r\n\r\n${body}`;
const html = (body: string) => `${HEADER}Content-Type: text/html\r\n\r\n${body}`;

/** Many siblings in one multipart. */
export function parts(count: number): string {
  const part = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n';
  return `${HEADER}Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(count)}--b--\r\n`;
}

/** Multiparts inside multiparts. */
export function nestedMultiparts(depth: number): string {
  const open = Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  );
  return `${HEADER}${open.join('')}Content-Type: text/plain\r\n\r\nat the bottom\r\n`;
}

/** Messages inside messages, about `bytes` long. */
function nestedMessages(bytes: number): string {
  const level = 'Content-Type: message/rfc822\r\n\r\nFrom: a@example.net\r\n';
  return `${HEADER}${level.repeat(Math.ceil(bytes / level.length))}\r\nat the bottom\r\n`;
}

/** Messages that stop careless parsers, and what must become of them: `ok`, or the code of the failure. */
export const BOMBS: readonly { name: string; raw: () => string; outcome: string }[] = [
  { name: '1.2 MB of messages in messages', raw: () => nestedMessages(1_200_000), outcome: 'ok' },
  { name: '5,000 nested tables', raw: () => html('<table><tr><td>'.repeat(5000)), outcome: 'ok' },
  { name: '20,000 nested divs', raw: () => html('<div>'.repeat(20_000)), outcome: 'ok' },
  { name: '200,000 nested bold tags', raw: () => html('<b>'.repeat(200_000)), outcome: 'ok' },
  { name: '40 KB of blank lines', raw: () => text('\n'.repeat(40_000)), outcome: 'ok' },
  { name: '150 KB of "On "', raw: () => text('On '.repeat(50_000)), outcome: 'ok' },
  {
    name: '150 KB of lines that begin like an attribution',
    raw: () => text('On 12:30\n'.repeat(16_000)),
    outcome: 'ok',
  },
  { name: 'a megabyte of quote marks', raw: () => text('>'.repeat(1_000_000)), outcome: 'ok' },
  { name: 'a megabyte of dashes', raw: () => text(`${'-'.repeat(79)}\n`.repeat(12_500)), outcome: 'ok' },
  { name: '1,001 parts', raw: () => parts(1001), outcome: 'too-many-parts' },
  { name: '501 parts', raw: () => parts(501), outcome: 'too-many-parts' },
  { name: '60 nested multiparts', raw: () => nestedMultiparts(60), outcome: 'too-deep' },
  {
    name: 'a header of 1 MB',
    raw: () => `${HEADER}X-Long: ${'a'.repeat(1_000_000)}\r\n\r\nhi`,
    outcome: 'header-too-large',
  },
  {
    name: 'a part header of 1 MB',
    raw: () => parts(1).replace('\r\n\r\nx', `\r\nX-Long: ${'a '.repeat(500_000)}\r\n\r\nx`),
    outcome: 'header-too-large',
  },
  {
    name: '1,200 recipients',
    raw: () => `${HEADER}Cc: ${'a@example.net, '.repeat(1200)}\r\n\r\nhi`,
    outcome: 'too-many-addresses',
  },
  {
    name: '100,000 parameters',
    raw: () => `${HEADER}Content-Type: text/plain${'; a=b'.repeat(40_000)}\r\n\r\nhi`,
    outcome: 'ok',
  },
  {
    name: '100 KB of open quotes in From',
    raw: () => `${HEADER.replace('Mallory', '"\\'.repeat(50_000))}\r\nhi`,
    outcome: 'ok',
  },
  {
    name: '200 KB of open encoded words',
    raw: () => `${HEADER.replace('bomb', '=?a?q?'.repeat(35_000))}\r\nhi`,
    outcome: 'ok',
  },
  { name: '9 MB of table cells', raw: () => html(`<table>${'<td>'.repeat(2_250_000)}`), outcome: 'ok' },
  { name: 'half a million lines, each a label', raw: () => text('a:\n'.repeat(500_000)), outcome: 'ok' },
  { name: '11 MB of html', raw: () => html(`<p>${'word '.repeat(2_300_000)}</p>`), outcome: 'too-large' },
];
