import { fieldError } from '../errors.ts';
import { cleanRichText, isNestedTooDeep, textOfRichText } from '../tickets/rich-text.ts';

/** As long as text may be when it is sent as text. */
const MOST = 100_000;

interface Given {
  body?: string | undefined;
  body_html?: string | undefined;
}

/** What somebody has written so far: the same, but it may be nothing yet. */
export function unfinishedWords({ body, body_html }: Given): { body: string; html: string | null } {
  if (body !== undefined && body_html !== undefined) throw fieldError('body', 'is made of body_html: send one of both');
  if (body_html === undefined) return { body: body ?? '', html: null };
  if (isNestedTooDeep(body_html)) throw fieldError('body_html', 'is nested too deep');
  const html = cleanRichText(body_html);
  const text = textOfRichText(html);
  if (text === null) throw fieldError('body_html', 'is nested too deep');
  return { body: text, html };
}

/** What somebody wrote as text, or as html of an editor: then clean, with the text that says the same. 400 at the field for both, neither, or no words. */
export function writtenWords(given: Given): { body: string; html: string | null } {
  if (given.body === undefined && given.body_html === undefined) throw fieldError('body', 'is needed, or body_html');
  const words = unfinishedWords(given);
  if (words.body === '') throw fieldError('body_html', 'has no words in it');
  if (words.body.length > MOST) throw fieldError('body_html', `must have at most ${MOST} characters of text`);
  return words;
}
