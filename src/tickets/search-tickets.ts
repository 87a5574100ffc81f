import type { EntityManager } from '@mikro-orm/postgresql';
import type { Sql } from '../db/keyset.ts';
import type { Employee } from '../people/employee.ts';
import { goneOut, may, visibleTickets, visibleVisibilities } from './access.ts';

/** Tickets found in one place (subjects, comments, files, names): the newest so many. A common word is in all of them, and nobody reads that far. */
const MOST = 1000;
/** Comments and files of staff's questions that are looked at: the newest. Who has a few tickets has all of their own looked at. */
const MOST_PARTS = 5000;
/** How much of a word must be there to be similar (pg_trgm, 0 to 1): a letter too few or too many, or two that changed places. */
const ALIKE = 0.5;
/** Similar ones, when nothing is just so. */
const MOST_SIMILAR = 100;

export interface Hits {
  ids: number[];
  /** There may be more. */
  capped: boolean;
  /** Nothing is just so; these look like it. */
  similar: boolean;
}

/** A text in parts, those that were looked for marked. */
export type Excerpt = { text: string; hit: boolean }[];

/** Where a ticket has the words. */
export interface Match {
  subject: Excerpt;
  /** Of the first comment that has all of them. */
  comment: Excerpt | null;
  /** Name of the first file that has all of them. */
  file: string | null;
}

/** The words of a question; those in quotation marks stand together. */
export function phrasesOf(text: string): string[][] {
  const parts = text.match(/"[^"]*"|[^\s"]+/g) ?? [];
  return parts.map((part) => part.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).filter((words) => words.length > 0);
}

/** As to_tsquery reads it: every word by its beginning, so that results come while somebody types. */
export function queryOf(text: string): string {
  return phrasesOf(text)
    .map((words) => `(${words.map((word) => `'${word}':*`).join(' <-> ')})`)
    .join(' & ');
}

/** Whether there is anything in it to look for. */
export function isSearchable(text: string): boolean {
  return phrasesOf(text).length > 0;
}

const QUERY = `to_tsquery('public.desk', ?)`;
const NAMES = `public.fold(r.first_name || ' ' || r.last_name || ' ' || r.email)`;

/**
 * Tickets of a reader's scope that have every word, each in one place: in the subject, in a comment or a file they may see, or in the name or
 * address of the requester. A ticket number finds that ticket. If nothing is just so, and nothing stands in
 * quotation marks, subjects and names that look like it.
 */
export async function searchTickets(em: EntityManager, reader: Employee, text: string, now: Date): Promise<Hits> {
  const scope = visibleTickets(reader);
  const exact = await union(em, exactly(reader, scope, text, now), MOST);
  if (exact.ids.length > 0 || text.includes('"')) return { ...exact, similar: false };
  await em.execute(`select set_config('pg_trgm.word_similarity_threshold', '${ALIKE}', true)`);
  const similar = await union(em, similarly(scope, text.slice(0, 100)), MOST_SIMILAR);
  return { ...similar, similar: similar.ids.length > 0 };
}

function exactly(reader: Employee, scope: Sql, text: string, now: Date): Sql[] {
  const query = queryOf(text);
  const seen = [...visibleVisibilities(reader)];
  const words = phrasesOf(text).flat();
  const [, number] = /^(?:TX)?0*(\d{1,15})$/i.exec(text.trim()) ?? [];
  const parts = (table: Part) =>
    `select o.ticket_id from ${table} o where o.search @@ ${QUERY} and o.visibility in (?) and ${out(table).sql}`;
  const out = (table: Part) => partsGoneOut(reader, table, now);
  const within = (table: Part): Sql => ({
    sql: may(reader, 'see-behind')
      ? `select t.id from (${parts(table)} order by o.id desc limit ${MOST_PARTS}) o join ticket t on t.id = o.ticket_id where ${scope.sql}`
      : `select t.id from ticket t where t.id in (${parts(table)}) and ${scope.sql}`,
    params: [query, seen, ...out(table).params, ...scope.params],
  });
  return [
    { sql: `select t.id from ticket t where t.search @@ ${QUERY} and ${scope.sql}`, params: [query, ...scope.params] },
    within('comment'),
    within('attachment'),
    {
      sql: `select t.id from ticket t join employee r on r.id = t.requester_id
        where ${words.map(() => `${NAMES} like '%' || public.fold(?) || '%'`).join(' and ')} and ${scope.sql}`,
      params: [...words, ...scope.params],
    },
    ...(number
      ? [{ sql: `select t.id from ticket t where t.number = ? and ${scope.sql}`, params: [number, ...scope.params] }]
      : []),
  ];
}

type Part = 'comment' | 'attachment';

/** A file goes out with its comment. On the alias `o`. */
function partsGoneOut(reader: Employee, table: Part, now: Date): Sql {
  if (table === 'comment') return goneOut(reader, 'o', now);
  const { sql, params } = goneOut(reader, 'k', now);
  return {
    sql: params.length === 0 ? sql : `not exists (select from comment k where k.id = o.comment_id and not ${sql})`,
    params,
  };
}

function similarly(scope: Sql, text: string): Sql[] {
  const like = (of: string) => `public.fold(?) operator(public.<%) ${of}`;
  return [
    {
      sql: `select t.id from ticket t where ${like('public.fold(t.subject)')} and ${scope.sql}`,
      params: [text, ...scope.params],
    },
    {
      sql: `select t.id from ticket t join employee r on r.id = t.requester_id where ${like(NAMES)} and ${scope.sql}`,
      params: [text, ...scope.params],
    },
  ];
}

async function union(em: EntityManager, places: readonly Sql[], most: number): Promise<Omit<Hits, 'similar'>> {
  const looked = places.map(
    ({ sql }, at) => `place_${at} as materialized (${sql} order by 1 desc limit ${MOST_PARTS})`,
  );
  const found = places.map(
    (_, at) =>
      `(select id, (select count(*) from place_${at}) as looked from place_${at} group by id order by id desc limit ${most})`,
  );
  const rows = await em.execute<{ id: string; looked: string }[]>(
    `with ${looked.join(', ')} ${found.join(' union all ')}`,
    places.flatMap(({ params }) => params),
  );
  const ids = [...new Set(rows.map(({ id }) => Number(id)))];
  return { ids, capped: rows.some((row) => Number(row.looked) >= MOST_PARTS) || ids.length >= most };
}

/** Control characters mark what was found: no text that people write has them, and none is shown. */
const [FROM, TO] = ['\u0002', '\u0003'];
/** A column with what was looked for marked, as SQL; its parameter is the query. */
export const marked = (column: string, options: string) =>
  `ts_headline('public.desk', translate(${column}, '${FROM}${TO}', ''), ${QUERY}, 'StartSel="${FROM}", StopSel="${TO}", ${options}')`;

/** Where tickets have the words that were looked for, by ticket id. */
export async function findMatches(
  em: EntityManager,
  reader: Employee,
  text: string,
  { ids, now }: { ids: readonly number[]; now: Date },
): Promise<Map<number, Match>> {
  if (ids.length === 0) return new Map();
  const query = queryOf(text);
  const seen = [...visibleVisibilities(reader)];
  const [words, files] = [partsGoneOut(reader, 'comment', now), partsGoneOut(reader, 'attachment', now)];
  const first = (what: string, table: Part, out: Sql) =>
    `(select ${what} from ${table} o where o.ticket_id = t.id and o.search @@ ${QUERY} and o.visibility in (?) and ${out.sql} order by o.id limit 1)`;
  const rows = await em.execute<{ id: string; subject: string; comment: string | null; file: string | null }[]>(
    `select t.id, ${marked('t.subject', 'HighlightAll=true')} as subject,
        ${first(marked('left(o.body, 50000)', 'MaxWords=30, MinWords=12'), 'comment', words)} as comment, ${first('o.filename', 'attachment', files)} as file
       from ticket t where t.id in (?)`,
    [query, query, query, seen, ...words.params, query, seen, ...files.params, [...ids]],
  );
  return new Map(
    rows.map(({ id, subject, comment, file }) => [
      Number(id),
      { subject: excerptOf(subject), comment: comment === null ? null : excerptOf(comment), file },
    ]),
  );
}

/** A text of `marked` in parts. */
export function excerptOf(text: string): Excerpt {
  const [before = '', ...found] = text.split(FROM);
  const parts = found.flatMap((part) => {
    const [hit = '', after = ''] = part.split(TO);
    return [
      { text: hit, hit: true },
      { text: after, hit: false },
    ];
  });
  return [{ text: before, hit: false }, ...parts].filter((part) => part.text !== '');
}
