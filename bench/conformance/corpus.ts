import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const address = z.object({ address: z.string().nullish(), name: z.string().nullish() });
const texts = z.array(z.string());

/** What a source says is right. A case asks for some of these, and is right when all that it asks for are. */
const expectation = z.object({
  subject: z.string().nullish(),
  from: address.nullish(),
  toList: z.array(address).optional(),
  toFirst: address.optional(),
  toAddresses: texts.optional(),
  messageId: z.string().nullish(),
  inReplyTo: z.string().nullish(),
  references: texts.optional(),
  text: z.string().nullish(),
  textContains: texts.optional(),
  bodyText: z.string().optional(),
  attachmentCount: z.number().optional(),
  attachments: z.array(z.object({ filename: z.string().nullish() })).optional(),
  attachmentNames: texts.optional(),
  reply: z.string().optional(),
  replyAny: texts.optional(),
  replyContains: texts.optional(),
  replyNotContains: texts.optional(),
  forward: z.object({ fromAddress: z.string().nullish(), text: z.string().nullish() }).nullish(),
  autoReply: z.boolean().optional(),
  bounce: z.boolean().optional(),
  noAutoAnswer: z.boolean().optional(),
  failedRecipients: texts.optional(),
  aliases: texts.optional(),
  tnefNames: texts.optional(),
});
export type Expectation = z.infer<typeof expectation>;

/** How two texts of a source are compared; without a convention white space counts as one blank. */
const comparison = z.enum(['ws', 'nows', 'md', 'alnum']);
export type Comparison = z.infer<typeof comparison>;

const corpusCase = z.object({
  id: z.string(),
  source: z.string(),
  kind: z.enum(['reply', 'forward', 'mime', 'classify', 'tnef', 'robust']),
  expect: expectation,
  compare: comparison.optional(),
  /** Two sources want different things of the same message: not asked. */
  disputed: z.unknown().optional(),
});
export type CorpusCase = z.infer<typeof corpusCase>;

const sources = z.record(
  z.string(),
  z.object({ convention: z.object({ compare: comparison.optional().catch(undefined) }).nullish() }),
);

/** The cases of a folder with `cases.jsonl` and `sources.json`, each with the comparison of its source. */
export async function readCorpus(dir: string): Promise<(CorpusCase & { compare: Comparison })[]> {
  const conventions = sources.parse(JSON.parse(await readFile(join(dir, 'sources.json'), 'utf8')));
  const cases = jsonLines(await readFile(join(dir, 'cases.jsonl'), 'utf8')).map((line) => corpusCase.parse(line));
  return cases
    .filter(({ disputed }) => !disputed)
    .map((one) => ({ ...one, compare: one.compare ?? conventions[one.source]?.convention?.compare ?? 'ws' }));
}

const answer = z.object({
  file: z.string(),
  ms: z.number().default(0),
  error: z.unknown().optional(),
  subject: z.string().default(''),
  from: address.optional(),
  to: z.array(address).default([]),
  text: z.string().nullable().default(''),
  html: z.string().nullable().default(null),
  reply: z.string().default(''),
  forward: z.object({ from: address.nullish(), text: z.string().nullish() }).nullable().default(null),
  attachments: z.array(z.object({ filename: z.string().nullish() })).default([]),
  messageId: z.string().nullable().default(null),
  inReplyTo: z.string().nullable().default(null),
  references: texts.default([]),
  autoReply: z.boolean().default(false),
  bounce: z.boolean().default(false),
  noAutoAnswer: z.boolean().default(false),
  failedRecipients: texts.default([]),
});
/** The part of a line of `smartsupport parse` that is graded. */
export type Answer = z.infer<typeof answer>;

/** Answers by the name of the message, without its ending. */
export function readAnswers(lines: string): Map<string, Answer> {
  const found = jsonLines(lines).map((line) => answer.parse(line));
  return new Map(found.map((one) => [one.file.replace(/^.*\//, '').replace(/\.eml$/, ''), one]));
}

const jsonLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
