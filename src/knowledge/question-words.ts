import type { EntityManager } from '@mikro-orm/postgresql';
import { phrasesOf } from '../tickets/search-tickets.ts';

/** Words of a question that are looked for, the longest: they say most. */
const MOST = 20;
/** Languages whose words that say nothing are left out: those of the desk. */
const LANGUAGES = ['english', 'german'];

/** A question as to_tsquery reads it, any of its words by their beginning; '' when none of them says anything ("it is so"). */
export async function queryOfQuestion(em: EntityManager, text: string): Promise<string> {
  const words = [...new Set(phrasesOf(text.toLowerCase()).flat())].filter((word) => word.length > 2);
  if (words.length === 0) return '';
  const telling = LANGUAGES.map((language) => `ts_lexize('${language}_stem', word) <> '{}'`).join(' and ');
  const rows = await em.execute<{ word: string }[]>(
    `select word from unnest(string_to_array(?, ' ')) as word where ${telling} order by length(word) desc, word limit ${MOST}`,
    [words.join(' ')],
  );
  return rows.map(({ word }) => `'${word}':*`).join(' | ');
}
