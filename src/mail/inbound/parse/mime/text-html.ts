import { escapeHtml } from './escape-html.ts';

/** Where an address of the web begins. Each character is looked at once: nothing here can backtrack. */
const WEB = /(?<![\p{L}\p{N}_])(?:https?:\/\/|mailto:|www\.)[^\s<>"“”«»\p{Cc}\p{Cf}]+/giu;
const LOCAL = /[\p{L}\p{N}.!#$%&'*+/=?^_{|}~-]/u;
const DOMAIN = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}\.){1,8}[\p{L}][\p{L}\p{N}-]{1,62}/u;
const MAX_LOCAL = 64;
const MAX_DOMAIN = 253;
const MAX_URL = 2000;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/**
 * Plain text as safe html that looks the same: addresses of the web and of mail become links (http, https and mailto
 * only) that show where they lead, and everything else is escaped. Linear in the length of the text.
 */
export function textHtml(text: string): string {
  let html = '';
  let done = 0;
  for (const match of text.matchAll(WEB)) {
    const shown = withoutTail(match[0]);
    const href = toHref(shown);
    if (href === null) continue;
    html += linkMails(text.slice(done, match.index)) + link(href, shown);
    done = match.index + shown.length;
  }
  return `<div style="white-space:pre-wrap">${html}${linkMails(text.slice(done))}</div>`;
}

function linkMails(text: string): string {
  let html = '';
  let done = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const from = localStart(text, at, done);
    const domain = DOMAIN.exec(text.slice(at + 1, at + 1 + MAX_DOMAIN))?.[0];
    if (from === at || domain === undefined) continue;
    const address = text.slice(from, at + 1 + domain.length);
    html += escapeHtml(text.slice(done, from)) + link(`mailto:${encodeURI(address)}`, address);
    done = from + address.length;
  }
  return html + escapeHtml(text.slice(done));
}

/** Start of the local part before an `@`, looking back a bounded way and not behind what is done. */
function localStart(text: string, at: number, done: number): number {
  let from = at;
  while (from > done && at - from < MAX_LOCAL && LOCAL.test(text[from - 1] ?? '')) from--;
  // Quotes and brackets of the sentence are no part of it.
  while (from < at && !/[\p{L}\p{N}_]/u.test(text[from] ?? '')) from++;
  return from;
}

/** An address without the punctuation of the sentence round it; a bracket stays when it was opened within. */
function withoutTail(url: string): string {
  const open: Record<string, number> = {};
  for (const char of url) open[char] = (open[char] ?? 0) + 1;
  let end = url.length;
  for (; end > 0; end--) {
    const last = url[end - 1] ?? '';
    const opener = PAIRS[last];
    if (opener === undefined ? !/[.,;:!?'’*_~]/.test(last) : (open[opener] ?? 0) >= (open[last] ?? 0)) break;
    open[last] = (open[last] ?? 0) - 1;
  }
  return url.slice(0, end);
}

function toHref(shown: string): string | null {
  if (shown.length > MAX_URL) return null;
  const url = /^www\./i.test(shown) ? `http://${shown}` : shown;
  if (!URL.canParse(url)) return null;
  const { href, protocol, hostname } = new URL(url);
  if (protocol === 'mailto:') return shown.includes('@') ? href : null;
  return hostname.includes('.') || hostname === 'localhost' || hostname.startsWith('[') ? href : null;
}

function link(href: string, shown: string): string {
  return `<a href="${escapeHtml(href)}" rel="noopener noreferrer nofollow" target="_blank">${escapeHtml(shown)}</a>`;
}
