import { escapeHtml } from './mime/escape-html.ts';

const MAX_SHOWN = 2000;
/** Words that promise a place: an address of the web, or a domain alone. */
const PLACE = /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}[\p{L}\p{N}-]{1,62})(?=[/:?#\s]|$)/iu;

/**
 * Safe html whose links say where they really lead when their words promise another place (T27). Takes html as the
 * allowlist writes it: lower-case tags, quoted attributes, every link closed. Linear: each mark is looked for once.
 */
export function labelLinks(html: string): string {
  let out = '';
  let done = 0;
  let end = -1;
  for (let at = html.indexOf('<a '); at >= 0; at = html.indexOf('<a ', at + 1)) {
    const open = html.indexOf('>', at);
    if (end < open) end = html.indexOf('</a>', open);
    if (open < 0 || end < 0) break;
    const label = end - open > MAX_SHOWN ? null : misleading(html.slice(at, open), html.slice(open + 1, end));
    if (label === null) continue;
    out += `${html.slice(done, end)} [${escapeHtml(label)}]`;
    done = end;
  }
  return out + html.slice(done);
}

/** The host a link leads to when its words name another one, else null. */
function misleading(tag: string, content: string): string | null {
  const href = /\shref="([^"]*)"/.exec(tag)?.[1] ?? '';
  const shown = content.replaceAll(/<[^>]*>/g, '').trim();
  const promised = PLACE.exec(shown)?.[1];
  const actual = promised === undefined ? null : hostOf(href);
  return actual === null || promised === undefined || sameHost(actual, promised) ? null : actual;
}

function hostOf(href: string): string | null {
  const url = href.replaceAll('&amp;', '&');
  return /^https?:/i.test(url) && URL.canParse(url) ? new URL(url).hostname : null;
}

function sameHost(actual: string, promised: string): boolean {
  const plain = (host: string) => host.toLowerCase().replace(/^www\./, '');
  const shown = URL.canParse(`http://${promised}`) ? new URL(`http://${promised}`).hostname : promised;
  return plain(actual) === plain(shown);
}
