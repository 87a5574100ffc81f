import { escapeHtml } from '../../mail/inbound/parse/mime/escape-html.ts';

/** Html that is safe to stand where an element may. */
export interface Html {
  html: string;
}
type Part = Html | string | number | null | readonly (Html | null)[];

/** A piece of a page: what is put in is text, unless it is a piece itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: strings.map((string, at) => string + written(parts[at] ?? null)).join('') };
}

function written(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map((one) => one?.html ?? '').join('');
}

/** The little Markdown that our descriptions have: paragraphs, and `code`. */
export function prose(text: string): Html[] {
  return text.split('\n\n').map((paragraph) => html`<p>${inline(paragraph)}</p>`);
}

export function inline(text: string): Html[] {
  return text.split('`').map((part, at) => (at % 2 ? html`<code>${part}</code>` : html`${part}`));
}
