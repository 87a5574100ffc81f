import { subjectKind } from '../reply/subject-kind.ts';
import { fold } from '../reply/word-tables.ts';
import { DAEMON_SENDERS, GREETINGS } from './automatic-words.ts';
import type { MailFacts } from './facts.ts';

/** Programs in which people write. */
const CLIENTS =
  /thunderbird|outlook|apple mail|iphone mail|ipad mail|android|k-9|evolution|kmail|mutt|sylpheed|claws|the bat|lotus notes|hcl notes|roundcube|squirrelmail|horde|zimbra|mailbird|em ?client|postbox|airmail|windows mail|live mail|foxmail|becky|eudora|mozilla|groupwise|samsung|yahoo|gmail|spark|open-xchange/;
/** Names under which mail systems write. */
const SYSTEMS =
  /mail ?(?:delivery|system|service|router|administrator|admin|server|gateway)|mailer|daemon|system ?administrator|smtp|postmaster|microsoft ?(?:exchange|outlook)|antivirus|imss/;
const READ = 2000;
const WORDS_BEHIND_GREETING = 4;

/** Something beside the subject says that a mail system sent it: its name or its envelope. */
export function isByProgram(facts: MailFacts): boolean {
  if (DAEMON_SENDERS.has(facts.sender) || facts.nullReturnPath) return true;
  if (facts.header('return-path').startsWith('<mailer-daemon') || facts.has('x-failed-recipients')) return true;
  const from = facts.header('from');
  return from === '' || from.includes('<>') || SYSTEMS.test(from.replaceAll(/[._"-]+/g, ' '));
}

/** Something says that a person wrote it: the client, an answer or forward by its subject, a greeting, or a question. */
export function isByPerson(facts: MailFacts): boolean {
  if (isByHand(facts) || facts.has('in-reply-to') || subjectKind(facts.subject) !== null) return true;
  const words = fold(facts.text.slice(0, READ)).trim();
  if (/\?(?:\s|$)/.test(words)) return true;
  return GREETINGS.some((greeting) => words.startsWith(greeting)) && words.split(/\s+/).length > WORDS_BEHIND_GREETING;
}

/** The header names a program in which people write. */
export function isByHand(facts: MailFacts): boolean {
  return CLIENTS.test(`${facts.header('user-agent')} ${facts.header('x-mailer')}`);
}
