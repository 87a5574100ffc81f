import { styleTags } from './mail-tags.ts';

const MONO = "font-family:ui-monospace,Consolas,'Liberation Mono',monospace;font-size:14px";

/** Tags of rich text that the texts of mails do not have. Mail clients show an own size for headings; a quotation is a line at its side. */
const TAGS: readonly (readonly [written: RegExp, sent: string])[] = [
  [/<h[123]>/g, '<p><b>'],
  [/<\/h[123]>/g, '</b></p>'],
  [/<hr \/>/g, '<hr class="line" style="margin:0 0 16px;border:0;border-top:1px solid #e7e5df;" />'],
  [
    /<blockquote>/g,
    '<blockquote class="line" style="margin:0 0 16px;padding:0 0 0 14px;border-left:3px solid #e7e5df;">',
  ],
  [/<pre>/g, `<pre class="ink" style="margin:0 0 16px;${MONO};line-height:21px;color:#1e1d1a;white-space:pre-wrap;">`],
  [/<code>/g, `<code style="${MONO};">`],
];

/** Clean rich text as mail clients show it: styles in every tag, as they drop style sheets. */
export function styleWords(html: string): string {
  const tagged = TAGS.reduce((written, [tag, sent]) => written.replace(tag, sent), withoutGaps(html));
  return styleTags(tagged);
}

/** Editors write a paragraph in each item of a list. The first one is the item itself, or each item would have the gap of a paragraph. */
function withoutGaps(html: string): string {
  return html
    .replace(/<p>(?:\s|&nbsp;|\u00A0|<br \/>)*<\/p>/g, '')
    .replace(/<li>\s*<p>([\s\S]*?)<\/p>/g, '<li>$1')
    .replace(/<(ul|ol)>\s*<\/\1>/g, '');
}
