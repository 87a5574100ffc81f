import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseCommand } from '../../src/mail/inbound/parse/parse-command.ts';
import { readAnswers, readCorpus } from './corpus.ts';
import { gradeAll, type ConformanceReport } from './report.ts';

/** Parses the messages of a corpus as `smartsupport parse` does, in children with limits, and grades what came out. */
export async function runCorpus(dir: string): Promise<ConformanceReport> {
  const cases = await readCorpus(dir);
  const stdout = new PassThrough();
  const printed = text(stdout);
  await parseCommand([join(dir, 'messages')], { stdout, stderr: process.stderr, stdin: Readable.from([]) });
  stdout.end();
  return gradeAll(cases, readAnswers(await printed));
}
