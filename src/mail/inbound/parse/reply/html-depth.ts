import { PARSE_LIMITS } from '../limits.ts';

const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'param',
  'source',
  'track',
  'wbr',
]);
/** Elements that a sibling closes implicitly: an unclosed run of them does not nest. */
const SELF_ENDING = new Set(['p', 'li', 'dt', 'dd', 'option', 'tr', 'td', 'th', 'thead', 'tbody', 'tfoot']);

/**
 * Whether html is nested too deep for a walk, or has too many tags for one, in one pass that stops there. Tree walkers are
 * quadratic in depth, and each tag costs them as much as a hundred letters.
 */
export function isBeyondWalking(html: string): boolean {
  let depth = 0;
  let tags = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) {
    if (++tags > PARSE_LIMITS.htmlTags) return true;
    const closes = html[at + 1] === '/';
    const name = tagName(html, closes ? at + 2 : at + 1);
    if (name === '' || VOID.has(name) || SELF_ENDING.has(name)) continue;
    depth = Math.max(0, depth + (closes ? -1 : 1));
    if (depth > PARSE_LIMITS.htmlDepth) return true;
  }
  return false;
}

/** Text without tags, for html that nothing can walk. One pass. */
export function bareText(html: string): string {
  let text = '';
  let at = 0;
  for (;;) {
    const open = html.indexOf('<', at);
    text += html.slice(at, open < 0 ? undefined : open);
    if (open < 0) return text;
    const close = html.indexOf('>', open);
    if (close < 0) return text;
    text += /^<\/?(?:p|div|br|tr|li|h\d|table)\b/i.test(html.slice(open, open + 10)) ? '\n' : '';
    at = close + 1;
  }
}

function tagName(html: string, at: number): string {
  let end = at;
  while (end < html.length && end < at + 12 && /[a-z0-9]/i.test(html[end] ?? '')) end++;
  return html.slice(at, end).toLowerCase();
}
