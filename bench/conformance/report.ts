import { round } from '../figures.ts';
import type { Answer, Comparison, CorpusCase } from './corpus.ts';
import { gradeCase, isHumanCalledAutomatic } from './grade.ts';

/** What was right of the cases of one source or one kind. */
export interface Tally {
  cases: number;
  right: number;
  percent: number;
  /** `right/asked` by field. */
  fields: Record<string, string>;
  /** Mean over the cases that ask for a reply; null when none does. */
  replyF1: number | null;
}

export interface ConformanceReport {
  kinds: Record<string, Tally & { meanOfSources: number }>;
  /** By `kind source`. */
  sources: Record<string, Tally>;
  humansCalledAutomatic: number;
  /** Each wrong case with its wrong fields. */
  wrong: { id: string; fields: string[] }[];
}

interface Sums {
  cases: number;
  right: number;
  fields: Map<string, { right: number; asked: number }>;
  f1: number[];
}

/** Grades all answers, and sums up by kind and by source. */
export function gradeAll(
  cases: readonly (CorpusCase & { compare: Comparison })[],
  answers: ReadonlyMap<string, Answer>,
): ConformanceReport {
  const kinds = new Map<string, Sums>();
  const sources = new Map<string, Sums>();
  const wrong: ConformanceReport['wrong'] = [];
  for (const one of cases) {
    const grade = gradeCase(one, answers.get(one.id));
    const fields = Object.entries(grade.right).flatMap(([field, right]) => (right ? [] : [field]));
    if (fields.length > 0) wrong.push({ id: one.id, fields });
    for (const [sums, key] of [[kinds, one.kind] as const, [sources, `${one.kind} ${one.source}`] as const])
      add(sums, key, grade.right, grade.replyF1);
  }
  const bySource = Object.fromEntries(
    [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, sums]) => [key, toTally(sums)]),
  );
  return {
    kinds: Object.fromEntries(
      [...kinds].map(([kind, sums]) => [kind, { ...toTally(sums), meanOfSources: meanOf(bySource, kind) }]),
    ),
    sources: bySource,
    humansCalledAutomatic: cases.filter((one) => isHumanCalledAutomatic(one, answers.get(one.id))).length,
    wrong,
  };
}

function add(all: Map<string, Sums>, key: string, right: Readonly<Record<string, boolean>>, f1: number | null): void {
  const sums: Sums = all.get(key) ?? { cases: 0, right: 0, fields: new Map(), f1: [] };
  all.set(key, sums);
  sums.cases++;
  if (Object.values(right).every(Boolean)) sums.right++;
  if (f1 !== null) sums.f1.push(f1);
  for (const [field, isRight] of Object.entries(right)) {
    const { right: before, asked } = sums.fields.get(field) ?? { right: 0, asked: 0 };
    sums.fields.set(field, { right: before + Number(isRight), asked: asked + 1 });
  }
}

function toTally({ cases, right, fields, f1 }: Sums): Tally {
  return {
    cases,
    right,
    percent: round((100 * right) / cases, 1),
    fields: Object.fromEntries([...fields].map(([name, sum]) => [name, `${sum.right}/${sum.asked}`])),
    replyF1: f1.length === 0 ? null : round(mean(f1), 3),
  };
}

function meanOf(sources: Readonly<Record<string, Tally>>, kind: string): number {
  const of = Object.entries(sources).filter(([key]) => key.startsWith(`${kind} `));
  return round(mean(of.map(([, { percent }]) => percent)), 1);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The report as lines, a source each and then a kind each. */
export function reportLines({ sources, kinds, humansCalledAutomatic }: ConformanceReport): string[] {
  return [
    ...Object.entries(sources).map(([name, tally]) => tallyLine(name, tally)),
    ...Object.entries(kinds).map(([name, tally]) =>
      tallyLine(name, tally, ` (mean of sources ${tally.meanOfSources} %)`),
    ),
    `humans called automatic: ${humansCalledAutomatic}`,
  ];
}

function tallyLine(name: string, { right, cases, percent, fields, replyF1 }: Tally, more = ''): string {
  const measures = replyF1 === null ? [] : [`replyF1 ${replyF1}`];
  const figures = [...Object.entries(fields).map(([field, sum]) => `${field} ${sum}`), ...measures];
  return `${name.padEnd(28)} ${`${right}/${cases}`.padStart(9)} ${String(percent).padStart(5)} %${more}  ${figures.join('  ')}`;
}
