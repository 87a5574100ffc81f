import { REPLY_ABOVE_LINES, REPLY_ABOVE_WORDS } from './phrases.ts';
import { anyOf, fold } from './word-tables.ts';

const MAX_LENGTH = 160;
const LINE = new RegExp(anyOf(REPLY_ABOVE_LINES.map(fold)));
const REPLY = new RegExp(anyOf(REPLY_ABOVE_WORDS.map(fold)));

/**
 * A mark of a help desk under which nothing is new: `##- Please type your reply above this line -##`. It names the line
 * and the answer; set in dashes or capitals, the line is enough.
 */
export function isReplyAbove(text: string): boolean {
  if (text.length > MAX_LENGTH || text.length < 8) return false;
  const bare = fold(text);
  if (!LINE.test(bare)) return false;
  const decorated =
    /^[^\p{L}\p{N}]*[-=_#*~+<>|\u2010-\u2015]{2}/u.test(text) ||
    /[-=_#*~+<>|\u2010-\u2015]{2}[^\p{L}\p{N}]*$/u.test(text);
  if (decorated) return true;
  return REPLY.test(bare) && bare.split(/\s+/).length <= 14;
}
