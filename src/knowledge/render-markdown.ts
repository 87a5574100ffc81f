import MarkdownIt from 'markdown-it';
import sanitizeHtml from 'sanitize-html';

/** Html in Markdown is words here. What stands nested deeper than this is shown as it was written. */
const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false, maxNesting: 20 }).disable('image');

// The page has one heading of the first rank, the title of the article: those of its text follow without a gap, whatever their marks.
markdown.core.ruler.push('ranks', ({ tokens }) => {
  const above: number[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.type !== 'heading_open') continue;
    const level = Number(token.tag.slice(1));
    while ((above.at(-1) ?? 0) >= level) above.pop();
    above.push(level);
    const tag = `h${Math.min(6, above.length + 1)}`;
    token.tag = tag;
    // Its words, then its end.
    const end = tokens[at + 2];
    if (end) end.tag = tag;
  }
});

/** What Markdown makes, once more by an allowlist: the page shows nothing that only one library has looked at. */
const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: 'p br strong em s a ul ol li blockquote code pre h2 h3 h4 h5 h6 hr table thead tbody tr th td'.split(
    ' ',
  ),
  allowedAttributes: { a: ['href', 'rel', 'target'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  transformTags: {
    a: (tagName, { href = '' }) => ({
      tagName,
      attribs: { ...(href && { href }), rel: 'noopener noreferrer nofollow', target: '_blank' },
    }),
  },
};

/** Html of Markdown that may stand in a page: no scripts, styles, pictures or frames, and links that lead to the web or to a mail. */
export function renderMarkdown(text: string): string {
  return sanitizeHtml(markdown.render(text), OPTIONS);
}
