import { CsvError, parse } from 'csv-parse/sync';
import type { z } from 'zod';
import { PersonLine } from '../../contract/routes/tasks.ts';
import { AppError, fieldError } from '../../errors.ts';
import { PEOPLE_COLUMNS } from '../../reports/read-people-rows.ts';

/** A person as a line of a file names them, with the number of that line. */
export type NamedPerson = z.output<typeof PersonLine> & { line: number };

/** What is wrong, by line: the answer names them all, so that a file is put right in one go. */
export type WrongLines = Map<number, string[]>;

const MOST_LINES = 2000;
/** Wrong lines that an answer tells. */
const MOST_TOLD = 100;
const COLUMNS = Object.keys(PersonLine.shape);
const NEEDED = ['email', 'first_name', 'last_name'];
/** Those of our own export that cannot be imported are passed over, so that an export that was edited can be. */
const KNOWN: readonly string[] = [...COLUMNS, ...PEOPLE_COLUMNS];

/**
 * Reads people from CSV (RFC 4180) in UTF-8: a header that names columns in any order, comma, semicolon or tab between them. 400 with every line that
 * is wrong: nothing of a file is done unless all of it is right.
 */
export function readPeopleCsv(bytes: Uint8Array): { people: NamedPerson[]; wrong: WrongLines } {
  const [header, ...records] = recordsOf(textOf(bytes));
  const columns = (header?.record ?? []).map((name) => name.trim().toLowerCase());
  refuseColumns(columns);
  if (records.length === 0) throw fieldError('file', 'has no line below its header');
  if (records.length > MOST_LINES) throw fieldError('file', `has more than ${MOST_LINES} lines: cut it into several`);
  const [people, wrong, seen]: [NamedPerson[], WrongLines, Map<string, number>] = [[], new Map(), new Map()];
  for (const { record, line } of records) {
    const read = readLine(columns, record);
    if ('problems' in read) {
      wrong.set(line, read.problems);
      continue;
    }
    const before = seen.get(read.person.email);
    if (before !== undefined) wrong.set(line, [`email: stands in line ${before} already`]);
    seen.set(read.person.email, before ?? line);
    people.push({ ...read.person, line });
  }
  return { people, wrong };
}

/** 400 that names the lines, when there are any. */
export function refuseWrong(wrong: WrongLines): void {
  if (wrong.size === 0) return;
  const told = [...wrong].toSorted(([a], [b]) => a - b).slice(0, MOST_TOLD);
  const details = Object.fromEntries(told.map(([line, problems]) => [`line ${line}`, problems]));
  const more = wrong.size - told.length;
  throw new AppError('validation_failed', 'Nothing was imported: the file is wrong', {
    ...details,
    ...(more > 0 && { file: [`${more} more lines are wrong`] }),
  });
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fieldError('file', 'must be UTF-8: save it as "CSV UTF-8"');
  }
}

function recordsOf(text: string): { record: string[]; line: number }[] {
  const [head = ''] = text.split('\n', 1);
  const delimiter = [',', ';', '\t'].toSorted((a, b) => head.split(b).length - head.split(a).length)[0] ?? ',';
  try {
    const records = parse(text, {
      ...{ delimiter, info: true, skip_empty_lines: true, skip_records_with_empty_values: true },
      ...{ relax_column_count: true, max_record_size: 20_000 },
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    if (error instanceof CsvError) throw fieldError('file', `is no CSV: ${error.message}`);
    throw error;
  }
}

function refuseColumns(columns: readonly string[]): void {
  const missing = NEEDED.filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => !KNOWN.includes(name));
  const twice = columns.filter((name, at) => columns.indexOf(name) !== at);
  const problems = [
    ...missing.map((name) => `has no column ${name}`),
    ...unknown.map((name) => `has a column "${name.slice(0, 40)}" that nobody knows; known are ${COLUMNS.join(', ')}`),
    ...twice.map((name) => `has the column ${name} twice`),
  ];
  if (problems.length > 0) throw new AppError('validation_failed', 'Field validation failed', { file: problems });
}

function readLine(
  columns: readonly string[],
  record: readonly string[],
): { person: z.output<typeof PersonLine> } | { problems: string[] } {
  if (record.length !== columns.length)
    return { problems: [`has ${record.length} cells below ${columns.length} columns`] };
  // An empty cell says nothing; the apostrophe is the one that our export puts before what looks like a formula.
  const cells = columns.map((name, at) => [name, (record[at] ?? '').trim().replace(/^'(?=[=+\-@])/, '')] as const);
  const given = cells.filter(([name, cell]) => COLUMNS.includes(name) && cell !== '');
  const result = PersonLine.safeParse(Object.fromEntries(given));
  if (result.success) return { person: result.data };
  return { problems: result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}
