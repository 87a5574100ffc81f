/** What somebody has written: as text, or as html of the editor where it is formatted; `text` then says whether there are words. */
export interface Words {
  text: string;
  html: string | null;
}

/** Html of the editor in which nothing is formatted is text: paragraphs, and lines within. */
const PLAIN = /^(?:<p>(?:[^<]|<br>)*<\/p>)*$/;

export function wordsOf(html: string, text: string): Words {
  if (text.trim() === '') return { text: '', html: null };
  return { text, html: PLAIN.test(html) ? null : html };
}

/** Text as the editor takes it: blank lines part paragraphs. */
export function htmlOf({ text, html }: Words): string {
  if (html !== null) return html;
  const paragraphs = text
    .replaceAll('\r\n', '\n')
    .trim()
    .split(/\n{2,}/);
  return paragraphs.map((lines) => `<p>${escaped(lines).replaceAll('\n', '<br>')}</p>`).join('');
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What was written of a name after an @ at the end of a line, or null; an address is none. */
export function nameBegun(line: string): string | null {
  return /(?:^|[\s(])@([\p{L}\p{N}._-]{0,40})$/u.exec(line)?.[1] ?? null;
}

export interface Named {
  id: number;
  name: string;
  email: string;
}

/** Those whose name or address begins so, and how each is called: by what stands before the @ of their address where that is theirs alone. */
export function namesFor<P extends Named>(people: readonly P[], query: string): (P & { call: string })[] {
  const wanted = query.toLowerCase();
  const local = (email: string) => email.split('@')[0] ?? '';
  const alone = (email: string) => people.filter((other) => local(other.email) === local(email)).length === 1;
  return people
    .filter(({ name, email }) => [...name.split(/\s+/), email].some((word) => word.toLowerCase().startsWith(wanted)))
    .slice(0, 6)
    .map((person) => ({ ...person, call: alone(person.email) ? local(person.email) : person.email }));
}

/** What is sent: one of both, without empty lines round it. */
export function toSend({ text, html }: Words): { body: string } | { body_html: string } {
  return html === null ? { body: text.trim() } : { body_html: html.replace(/^(?:<p><\/p>)+|(?:<p><\/p>)+$/g, '') };
}

/** An address as people write it into a link, or null when it is none: the web, or mail. */
export function linkOf(written: string): string | null {
  const address = written.trim();
  if (/^[^\s@:/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`;
  const full = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  if (!/^(?:https?:\/\/[^/\s]|mailto:[^\s])/i.test(full) || !URL.canParse(full)) return null;
  return full;
}
