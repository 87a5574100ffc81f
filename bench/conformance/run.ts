import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readAnswers, readCorpus } from './corpus.ts';
import { gradeAll, reportLines } from './report.ts';
import { runCorpus } from './run-corpus.ts';

const USAGE = 'usage: npm run conformance -- DIR [--fails] [--json] [--answers FILE.jsonl]';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fails: { type: 'boolean' }, json: { type: 'boolean' }, answers: { type: 'string' } },
});
const [dir] = positionals;
if (dir === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const report =
    values.answers === undefined
      ? await runCorpus(dir)
      : gradeAll(await readCorpus(dir), readAnswers(await readFile(values.answers, 'utf8')));
  if (values.fails) for (const { id, fields } of report.wrong) console.error(`wrong: ${id}: ${fields.join(', ')}`);
  console.log(values.json ? JSON.stringify(report) : reportLines(report).join('\n'));
}
