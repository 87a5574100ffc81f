import { subjectKind } from '../reply/subject-kind.ts';
import { AUTO_REPLY_LIKE_SUBJECTS, AUTO_REPLY_SUBJECTS } from './automatic-words.ts';
import type { MailFacts } from './facts.ts';
import { isByHand } from './writer.ts';

/** The longest first: `automatische antwort-e-mail` begins with another. */
const WORDS = Object.values(AUTO_REPLY_SUBJECTS)
  .flat()
  .sort((a, b) => b.length - a.length);
const READ = 2000;

/**
 * Whether a subject alone makes a mail an automatic answer. People write such subjects too, about the automatic answer
 * that they want or that does not work: what a mail client sent, or what asks something without answering anything, is
 * theirs; so is the bare word without what it answers.
 */
export function isAutoReplySubject(facts: MailFacts): boolean {
  const answers = facts.has('in-reply-to') || facts.has('references');
  const certain = restBehind(facts.subject, WORDS);
  if (certain !== null) {
    if (answers) return true;
    return certain.named && !isByHand(facts) && !/\?(?:\s|$)/.test(facts.text.slice(0, READ));
  }
  const likely = restBehind(facts.subject, AUTO_REPLY_LIKE_SUBJECTS);
  return likely !== null && (answers || subjectKind(likely.rest) === 'reply');
}

/**
 * What stands behind the words, and whether a colon or a bracket names it; null when the subject does not begin with any
 * of them. Words that end with a colon in the table count only in front of one.
 */
function restBehind(subject: string, phrases: readonly string[]): { rest: string; named: boolean } | null {
  const opened = /^[[(【]\s*/.exec(subject)?.[0].length ?? 0;
  const bare = subject.slice(opened);
  for (const phrase of phrases) {
    const words = phrase.replace(/\s*:$/, '');
    if (!bare.startsWith(words)) continue;
    const behind = bare.slice(words.length);
    const hasColon = (opened > 0 ? /^\s*[\])】:：]/ : /^\s*[:：]/).test(behind);
    // Words without a colon need an end or a dash: `Out of office chairs` is a request.
    if (!hasColon && (words !== phrase || !/^\s*(?:$|[([–—-])/.test(behind))) continue;
    const rest = behind.replace(/^[\s:：()[\]【】–—-]+/, '').trim();
    return { rest, named: hasColon && rest !== '' };
  }
  return null;
}
