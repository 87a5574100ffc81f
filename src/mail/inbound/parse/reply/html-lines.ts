import { Parser } from 'htmlparser2';
import { bareText, isBeyondWalking } from './html-depth.ts';
import { isRule, textLines, toLine, type Line } from './lines.ts';
import { quoteContainer, type Container } from './html-containers.ts';

const BLOCKS = new Set(
  'address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
);
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'blockquote', 'table', 'pre']);
const HIDDEN = new Set([
  'head',
  'script',
  'style',
  'title',
  'template',
  'noframes',
  'select',
  'textarea',
  'svg',
  'math',
  'object',
  'xml',
]);

interface Open {
  name: string;
  hidden: boolean;
  quote: boolean;
  pre: boolean;
  signature: boolean;
}

/**
 * The lines a reader sees of an html body, with what its structure says about quotation: one walk by htmlparser2,
 * linear in its length. Html beyond the limits is read as text without tags.
 */
export function htmlLines(html: string): Line[] {
  if (isBeyondWalking(html)) return textLines(bareText(html));
  const walker = new LineWalker();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => walker.open(name, attributes),
      ontext: (text) => walker.text(text),
      onclosetag: (name) => walker.close(name),
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  parser.end(html);
  return walker.end();
}

/** Collects lines while the parser walks. */
class LineWalker {
  private readonly lines: Line[] = [];
  private readonly stack: Open[] = [];
  private current = '';
  /** Of `current`, which a look would copy: it comes in as many pieces as the html has entities. */
  private endsInBlank = false;
  private depth = 0;
  private hidden = 0;
  private pre = 0;
  private signature = 0;
  private blankPending = false;
  private next: { quoteStarts?: boolean; restQuoted?: boolean } = {};

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'br') return this.lineBreak();
    if (BLOCKS.has(name)) this.blockEdge(name);
    if (name === 'hr') return this.drawnLine(attributes);
    if (name === 'td' || name === 'th') this.text(' ');
    if (name === 'li') this.bullet();
    const container = this.hidden > 0 ? null : quoteContainer(name, attributes, this.depth);
    const entry = {
      name,
      hidden: HIDDEN.has(name) || isInvisible(attributes),
      quote: container === 'quote' || container === 'marked',
      pre: name === 'pre',
      signature: container === 'signature',
    };
    this.stack.push(entry);
    this.enter(entry, container);
  }

  close(name: string): void {
    // These were never opened.
    if (name === 'br' || name === 'hr') return;
    const entry = this.stack.pop();
    if (!entry) return;
    if (BLOCKS.has(name) || entry.signature) this.blockEdge(name);
    if (entry.quote) this.depth--;
    if (entry.hidden) this.hidden--;
    if (entry.pre) this.pre--;
    if (entry.signature) this.signature--;
  }

  text(text: string): void {
    if (this.hidden > 0) return;
    if (this.pre > 0) {
      const [first = '', ...rest] = text.split('\n');
      this.current += first;
      for (const line of rest) {
        this.lineBreak();
        this.current += line;
      }
      this.endsInBlank = text.endsWith(' ');
      return;
    }
    const collapsed = text.replaceAll(/[ \t\r\n\f]+/g, ' ');
    const piece = this.current === '' || this.endsInBlank ? collapsed.replace(/^ /, '') : collapsed;
    if (piece === '') return;
    this.current += piece;
    this.endsInBlank = piece.endsWith(' ');
  }

  end(): Line[] {
    this.flush();
    return this.lines;
  }

  private enter(entry: Open, container: Container): void {
    if (entry.quote) {
      this.flush();
      this.depth++;
    }
    if (entry.hidden) this.hidden++;
    if (entry.pre) this.pre++;
    if (entry.signature) {
      this.flush();
      this.signature++;
    }
    if (container === 'marked') this.next = { ...this.next, quoteStarts: true };
    if (container === 'rest') this.next = { ...this.next, restQuoted: true };
    if (container === 'rule') this.rule();
  }

  private drawnLine(attributes: Record<string, string>): void {
    if (this.hidden === 0 && quoteContainer('hr', attributes, this.depth) === 'rest')
      this.next = { ...this.next, restQuoted: true };
    this.rule();
  }

  private bullet(): void {
    this.current = '- ';
    this.endsInBlank = true;
  }

  private rule(): void {
    if (this.hidden > 0) return;
    this.flush();
    this.push({ text: '', depth: this.depth, rule: true });
  }

  private lineBreak(): void {
    if (this.hidden > 0) return;
    this.push(toLine(this.current, this.depth));
    this.current = '';
  }

  private blockEdge(name: string): void {
    if (this.hidden > 0) return;
    this.flush();
    if (PARAGRAPHS.has(name)) this.blankPending = true;
  }

  private flush(): void {
    if (this.current.trim() !== '') this.lineBreak();
    this.current = '';
  }

  private push(line: Line): void {
    const empty = line.text.trim() === '';
    if (this.blankPending && this.lines.length > 0 && !empty)
      this.lines.push({ text: '', depth: this.depth, rule: false });
    this.blankPending = false;
    const marked = !empty || line.rule;
    const signature = this.signature > 0 ? { signature: true } : {};
    this.lines.push(marked ? { ...line, rule: line.rule || isRule(line.text), ...this.next, ...signature } : line);
    if (marked) this.next = {};
  }
}

/** Preheaders and tracking texts that no reader sees. */
function isInvisible(attributes: Record<string, string>): boolean {
  const style = attributes['style'];
  return 'hidden' in attributes || (style !== undefined && /display\s*:\s*none/i.test(style.slice(0, 2000)));
}
