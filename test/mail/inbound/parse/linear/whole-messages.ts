const head = (type: string, more = '') =>
  `From: Bo <bo@example.org>\r\nTo: desk@example.org\r\nSubject: Re: printer\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n${more}\r\n`;
const times = (pattern: string, size: number) => pattern.repeat(size / pattern.length);

/** Messages of about so many characters that would make a careless engine read its input again and again. */
export const WHOLE_MESSAGES: Record<string, (size: number) => string> = {
  'a text': (size) => head('text/plain') + times('words and words\r\n', size),
  'lines that look like delimiters': (size) => head('multipart/mixed; boundary=b') + times('--b-\r\n', size),
  'delimiters of no multipart': (size) =>
    head('multipart/mixed') + times('--b\r\n\r\nx\r\n', Math.min(size, 4000)) + times('--c\r\n', size),
  'text before the first part': (size) =>
    `${head('multipart/mixed; boundary=b')}${times('preamble\r\n', size)}--b\r\n\r\nx\r\n--b--\r\n`,
  'a delimiter that never ends': (size) => head('multipart/mixed; boundary=b') + times('--b', size),
  'base64 with padding in each line': (size) =>
    head('text/plain', 'Content-Transfer-Encoding: base64\r\n') + times('QQ==\r\n', size),
  'one line of quoted-printable': (size) =>
    head('text/plain', 'Content-Transfer-Encoding: quoted-printable\r\n') + times('=3D', size),
  'format=flowed': (size) => head('text/plain; format=flowed') + times('words \r\n', size),
  'a calendar': (size) => head('text/calendar; method=REQUEST') + times('SUMMARY:a\r\n b\r\n', size),
  'uuencoded files': (size) =>
    head('text/plain') +
    times('begin 644 x\r\n#0V%T\r\n`\r\nend\r\n', size).slice(0, 12_000) +
    times('begin 644 x\r\n', size),
  'an old carriage return alone': (size) => head('text/plain') + times('a\r', size),
  'NUL bytes': (size) => head('text/plain') + times('\0', size),
  html: (size) => head('text/html') + times('<p>words <b>and</b> words</p>', size),
  'messages in messages': (size) => head('message/rfc822') + times('Content-Type: message/rfc822\r\n\r\n', size),
};
