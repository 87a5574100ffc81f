import sanitizeHtml from 'sanitize-html';
import { labelLinks } from './label-links.ts';
import { escapeHtml } from './mime/escape-html.ts';
import { bareText, isBeyondWalking } from './reply/html-depth.ts';

const COLOR = [/^#[0-9a-f]{3,8}$/i, /^[a-z]{3,20}$/i, /^rgba?\([\d\s.,%]{1,40}\)$/i];
const LENGTH = [/^-?\d{1,4}(?:\.\d{1,3})?(?:px|pt|em|rem|%|cm|mm|in)?$/i, /^auto$/i];
const SIDES = ['', '-top', '-right', '-bottom', '-left'];

/** No position, no url(), no size that could lie over the portal: only how words look (T11). */
const STYLES: Record<string, RegExp[]> = {
  color: COLOR,
  'background-color': COLOR,
  'text-align': [/^(?:left|right|center|justify|start|end)$/i],
  'text-decoration': [/^(?:none|underline|line-through)$/i],
  'font-weight': [/^(?:normal|bold|bolder|lighter|[1-9]00)$/i],
  'font-style': [/^(?:normal|italic|oblique)$/i],
  'font-size': [
    /^\d{1,2}(?:\.\d{1,3})?(?:px|pt|em|rem|%)$/i,
    /^1\d\d%$/,
    /^(?:x{1,2}-)?(?:small|large)$/i,
    /^(?:medium|smaller|larger)$/i,
  ],
  'font-family': [/^[\w\s,"'-]{1,200}$/],
  'line-height': [/^\d{1,3}(?:\.\d{1,3})?(?:px|pt|em|%)?$/i, /^normal$/i],
  'vertical-align': [/^(?:top|middle|bottom|baseline|sub|super)$/i],
  'white-space': [/^(?:normal|pre|pre-wrap|pre-line|nowrap)$/i],
  'border-collapse': [/^(?:collapse|separate)$/i],
  'list-style-type': [/^[a-z-]{1,20}$/i],
  width: LENGTH,
  'max-width': LENGTH,
  ...Object.fromEntries(
    SIDES.map((side) => [`padding${side}`, [/^(?:\d{1,3}(?:\.\d{1,3})?(?:px|pt|em|%|cm|in)?\s?){1,4}$/i]]),
  ),
  ...Object.fromEntries(
    SIDES.map((side) => [`margin${side}`, [/^(?:(?:\d{1,3}(?:\.\d{1,3})?(?:px|pt|em|%|cm|in)?|auto)\s?){1,4}$/i]]),
  ),
  ...Object.fromEntries(SIDES.map((side) => [`border${side}`, [/^(?!.*url)[\w\s#.%(),]{1,60}$/i]])),
};

const TABLE = [
  'align',
  'valign',
  'bgcolor',
  'width',
  'height',
  'colspan',
  'rowspan',
  'border',
  'cellpadding',
  'cellspacing',
];

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags:
    'a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'.split(
      ' ',
    ),
  allowedAttributes: {
    '*': ['style', 'dir', 'lang', 'title', 'align'],
    a: ['href', 'rel', 'target', 'name'],
    img: ['src', 'alt', 'width', 'height', 'data-blocked-src'],
    font: ['color', 'size', 'face'],
    blockquote: ['type'],
    ol: ['start', 'type'],
    ...Object.fromEntries(['table', 'tr', 'td', 'th', 'col', 'colgroup', 'tbody', 'thead'].map((tag) => [tag, TABLE])),
  },
  allowedStyles: { '*': STYLES },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['cid'] },
  allowedSchemesAppliedToAttributes: ['href', 'src'],
  allowProtocolRelative: false,
  nonTextTags: [
    'script',
    'style',
    'textarea',
    'option',
    'noscript',
    'title',
    'template',
    'xmp',
    'noembed',
    'noframes',
    'head',
    'math',
    'svg',
  ],
  transformTags: {
    a: (tagName, attribs) => ({
      tagName,
      attribs: { ...attribs, rel: 'noopener noreferrer nofollow', target: '_blank' },
    }),
    img: (tagName, attribs) => ({ tagName, attribs: blockRemote(attribs) }),
  },
};

/**
 * Html of a mail after the allowlist: no scripts, forms, frames or remote loading. Images of the message (`cid:`)
 * stay; a remote one loses its address to `data-blocked-src`, so that the reader can be told and may ask for it. A link
 * that promises another place than it leads to says so.
 * Html nested too deep for any parser, or with too many tags, becomes text.
 */
export function safeHtml(html: string): string {
  if (isBeyondWalking(html)) return `<pre>${escapeHtml(bareText(html))}</pre>`;
  return labelLinks(sanitizeHtml(html, OPTIONS));
}

function blockRemote(attribs: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const { src = '', ...rest } = attribs;
  const { 'data-blocked-src': _, ...kept } = rest;
  if (/^\s*cid:/i.test(src)) return { ...kept, src: src.trim() };
  return /^\s*(?:https?:)?\/\//i.test(src) ? { ...kept, 'data-blocked-src': src.trim() } : kept;
}
