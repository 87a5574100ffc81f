import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';

/** 0: among the first to be tried, 1: soon found, 2: fair, 3: good, 4: strong. What scores less than `WEAKEST` is refused. */
export type Score = 0 | 1 | 2 | 3 | 4;
export const WEAKEST: Score = 3;

export interface Strength {
  score: Score;
  /** It stands, in whatever case, in the list of passwords that leaked most often. */
  leaked: boolean;
  /** Hardly more than the person's name, their address or the organisation's name. */
  personal: boolean;
}

/** Characters at each end that are looked at: the time that it takes grows faster than the length. */
const LOOKED_AT = 40;
/** A word of the context that counts has so many characters; what else there is must have as many as `BESIDE`. */
const WORD = 3;
const BESIDE = 8;

/** What people here choose beside the English words and the leaked ones. */
const german =
  'passwort kennwort geheim geheimnis sommer winter herbst fruehling frühling willkommen hallo schatz schalke bayern dortmund hamburg berlin muenchen münchen frankfurt koeln köln deutschland arbeit firma montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar maerz märz april mai juni juli august september oktober november dezember ichliebedich'.split(
    ' ',
  );

let estimator: ZxcvbnFactory | null = null;
let leaked: ReadonlySet<string> | null = null;

/** Made when it is first asked for: the lists take a quarter of a second and 40 MB. */
function estimatorOf(): ZxcvbnFactory {
  estimator ??= new ZxcvbnFactory({
    dictionary: {
      leaked: common['passwords-common'],
      english: english['commonWords-en'],
      names: english['firstnames-en'],
      german,
    },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions: 10,
  });
  return estimator;
}

/**
 * How long a password would withstand guessing. `context`: words that an attacker tries first, such as the person's name, their address and
 * the organisation's name. Browser-safe, and heavy (850 KB compressed): import it when a password is about to be chosen.
 */
export function strengthOf(password: string, context: readonly string[] = []): Strength {
  leaked ??= new Set(common['passwords-common']);
  const words = wordsOf(context);
  const score = [password.slice(0, LOOKED_AT), password.slice(-LOOKED_AT)].reduce<Score>(
    (best, part) => Math.max(best, estimatorOf().check(part, words).score) as Score,
    0,
  );
  return { score, leaked: leaked.has(password.toLowerCase()), personal: isPersonal(password, words) };
}

/** Whole and in pieces: ana.reyes@maravia.example is ana, reyes and maravia too. */
function wordsOf(context: readonly string[]): string[] {
  const all = context.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]);
  return [...new Set(all.map((word) => word.toLowerCase()).filter((word) => word.length >= WORD))];
}

function isPersonal(password: string, words: readonly string[]): boolean {
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  const rest = longestFirst.reduce((left, word) => left.replaceAll(word, ''), password.toLowerCase());
  return rest.length < Math.min(BESIDE, password.length);
}
