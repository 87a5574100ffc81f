import { parseDocument } from 'htmlparser2';
import sanitizeHtml from 'sanitize-html';

type Node = ReturnType<typeof parseDocument>['children'][number];

/** Deeper than any editor nests; a parser further on may be recursive. */
const DEPTH = 40;

/** Elements that end by themselves: left open they nest nothing. */
const FLAT = new Set(['br', 'hr', 'img', 'input', 'wbr', 'p', 'li']);

/** Told by its tags alone, before anything is made of it: cleaning html costs the square of its depth. */
export function isNestedTooDeep(html: string): boolean {
  let depth = 0;
  for (const [, closes, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (FLAT.has(name.toLowerCase())) continue;
    depth = Math.max(0, depth + (closes ? -1 : 1));
    if (depth > 4 * DEPTH) return true;
  }
  return false;
}

/** What an editor makes, and nothing else: no styles, no images, no tables. */
const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: 'p br strong b em i u s a ul ol li blockquote code pre h1 h2 h3 hr'.split(' '),
  allowedAttributes: { a: ['href', 'rel', 'target'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nonTextTags: 'script style textarea option noscript title template xmp noembed noframes head math svg'.split(' '),
  transformTags: {
    // What editors wrap lines in.
    div: 'p',
    a: (tagName, { href = '' }) => ({
      tagName,
      attribs: { ...(href && { href }), rel: 'noopener noreferrer nofollow', target: '_blank' },
    }),
  },
};

/**
 * Html of a person's editor after the allowlist. Clean html stays as it is, so it can be cleaned on the way in and on the way out. Nothing is left of
 * what is nested too deep.
 */
export function cleanRichText(html: string): string {
  if (isNestedTooDeep(html)) return '';
  // Where an element goes, those within it may be parsed otherwise: <p><span><p> is two paragraphs without the span.
  let clean = sanitizeHtml(html, OPTIONS);
  for (let again = sanitizeHtml(clean, OPTIONS), turn = 0; again !== clean && turn < 5; turn += 1) {
    clean = again;
    again = sanitizeHtml(clean, OPTIONS);
  }
  return clean;
}

/**
 * What clean html says, as text: every word in its order, lists with their marks, quotations with `>`, links with where they lead. null: it is nested deeper
 * than anybody writes.
 */
export function textOfRichText(html: string): string | null {
  const { children } = parseDocument(html);
  if (isDeep(children)) return null;
  return blocksOf(children)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** Level by level: without recursion, as this is what bounds it elsewhere. */
function isDeep(children: Node[]): boolean {
  let level = children;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    if (level.length === 0) return false;
    level = level.flatMap((node) => ('children' in node ? (node.children as Node[]) : []));
  }
  return level.length > 0;
}

/** Lines that stand together. */
type Block = string[];

const BLOCKS: Record<string, (children: Node[]) => Block[]> = {
  p: (children) => blocksOf(children),
  h1: (children) => blocksOf(children),
  h2: (children) => blocksOf(children),
  h3: (children) => blocksOf(children),
  hr: () => [['---']],
  pre: (children) => [
    rawText(children)
      .replace(/^\n|\n$/g, '')
      .split('\n'),
  ],
  blockquote: (children) => [within(children, '').map((line) => (line === '' ? '>' : `> ${line}`))],
  ul: (children) => listOf(children, () => '- '),
  ol: (children) => listOf(children, (at) => `${at + 1}. `),
  li: (children) => [marked(children, '- ')],
};

function blocksOf(nodes: Node[]): Block[] {
  const blocks: Block[] = [];
  let words = '';
  const flush = () => {
    const lines = words.split('\n').map((line) => line.replace(/ +/g, ' ').trim());
    while (lines[0] === '') lines.shift();
    while (lines.at(-1) === '') lines.pop();
    if (lines.length > 0) blocks.push(lines);
    words = '';
  };
  for (const node of nodes) {
    const block = node.type === 'tag' ? BLOCKS[node.name] : undefined;
    if (!block || node.type !== 'tag') words += inline(node);
    else {
      flush();
      blocks.push(...block(node.children as Node[]).filter((lines) => lines.length > 0));
    }
  }
  flush();
  return blocks;
}

function inline(node: Node): string {
  if (node.type === 'text') return node.data.replace(/[ \t\r\n\f]+/g, ' ');
  if (node.type !== 'tag') return '';
  if (node.name === 'br') return '\n';
  const children = node.children as Node[];
  // A block in the middle of a line, such as a paragraph in a link.
  const words = children.map((child) => (isBlock(child) ? `\n${within([child], '').join('\n')}\n` : inline(child)));
  const text = words.join('');
  const href = node.name === 'a' ? (node.attribs['href'] ?? '') : '';
  const shown = text.trim();
  return href === '' || [href, href.replace(/^mailto:/, ''), href.replace(/^https?:\/\//, '')].includes(shown)
    ? text
    : `${text} <${href}>`;
}

const isBlock = (node: Node) => node.type === 'tag' && node.name in BLOCKS;

function rawText(nodes: Node[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text') return node.data;
      if (node.type !== 'tag') return '';
      return node.name === 'br' ? '\n' : rawText(node.children as Node[]);
    })
    .join('');
}

/** Blocks inside another one; `between` stands as a line between two of them, none when it is null. */
function within(nodes: Node[], between: string | null): Block {
  return blocksOf(nodes).flatMap((lines, at) => (at > 0 && between !== null ? [between, ...lines] : lines));
}

function listOf(children: Node[], mark: (at: number) => string): Block[] {
  const blocks: Block[] = [];
  let [others, lines, at]: [Node[], Block, number] = [[], [], 0];
  // What stands between the items of a list has no place there, but is said where it stands.
  const flush = () => {
    const between = blocksOf(others);
    if (between.length > 0) {
      blocks.push(lines, ...between);
      lines = [];
    }
    others = [];
  };
  for (const child of children) {
    if (child.type !== 'tag' || child.name !== 'li') others.push(child);
    else {
      flush();
      lines.push(...marked(child.children as Node[], mark(at++)));
    }
  }
  flush();
  return [...blocks, lines].filter((block) => block.length > 0);
}

function marked(children: Node[], mark: string): Block {
  const lines = within(children, null);
  return lines.map((line, at) => (at === 0 ? mark : ' '.repeat(mark.length)) + line);
}
