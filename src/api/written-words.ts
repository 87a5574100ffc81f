import { fieldError } from '../errors.ts';
import { cleanRichText, textOfRichText } from '../tickets/rich-text.ts';

/** As long as text may be when it is sent as text. */
const MOST = 100_000;

/** What somebody wrote as text, or as html of an editor: then clean, with the text that says the same. 400 at the field for both, neither, or no words. */
export function writtenWords(given: { body?: string | undefined; body_html?: string | undefined }): {
  body: string;
  html: string | null;
} {
  const { body, body_html } = given;
  if (body !== undefined && body_html !== undefined) throw fieldError('body', 'is made of body_html: send one of both');
  if (body !== undefined) return { body, html: null };
  if (body_html === undefined) throw fieldError('body', 'is needed, or body_html');
  const html = cleanRichText(body_html);
  const text = textOfRichText(html);
  if (text === null) throw fieldError('body_html', 'is nested too deep');
  if (text === '') throw fieldError('body_html', 'has no words in it');
  if (text.length > MOST) throw fieldError('body_html', `must have at most ${MOST} characters of text`);
  return { body: text, html };
}
