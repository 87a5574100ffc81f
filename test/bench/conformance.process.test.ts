import { describe, expect, test } from 'vitest';
import { comparable, isSameBody, tokenF1, visibleText } from '../../bench/conformance/compare.ts';
import { readAnswers, readCorpus } from '../../bench/conformance/corpus.ts';
import { gradeAll, reportLines } from '../../bench/conformance/report.ts';
import { runCorpus } from '../../bench/conformance/run-corpus.ts';

const CORPUS = 'test/bench/fixtures/corpus';

test('a corpus is parsed as the command does it and graded: by kind, by source, and which cases are wrong', async () => {
  const report = await runCorpus(CORPUS);
  expect(report.wrong).toEqual([
    { id: 'garden-asked-too-much', fields: ['attachmentCount'] },
    { id: 'lighthouse-gone', fields: ['answered'] },
  ]);
  expect(report.kinds).toMatchObject({
    reply: { cases: 3, right: 3, percent: 100, replyF1: 1 },
    mime: { cases: 2, right: 1, percent: 50, meanOfSources: 50 },
    classify: { cases: 2, right: 2, fields: { bounce: '2/2', autoReply: '2/2', failedRecipients: '1/1' } },
    forward: { cases: 1, right: 1, fields: { forwarded: '1/1', forwardFrom: '1/1', forwardText: '1/1' } },
    robust: { cases: 2, right: 1 },
  });
  expect(report.sources['reply harbour']).toMatchObject({ cases: 2, right: 2 });
  expect(report.humansCalledAutomatic).toBe(0);
});

describe('an answer is judged hard', () => {
  const graded = async (change: object) => {
    const cases = (await readCorpus(CORPUS)).filter(({ id }) => id === 'lighthouse-person' || id === 'garden-reply');
    const answers = [
      { file: 'x/lighthouse-person.eml' },
      { file: 'x/garden-reply.eml', reply: 'The hose leaks again.', ...change },
    ];
    return gradeAll(cases, readAnswers(answers.map((one) => JSON.stringify(one)).join('\n')));
  };

  test.each([
    ['is right when all that is asked for is right', {}, []],
    ['is wrong when it took more than two seconds', { ms: 2001 }, ['inTime']],
    ['is wrong when it is an error', { error: { code: 'timeout' } }, ['noThrow']],
    ['is wrong when a word is missing', { reply: 'The hose leaks.' }, ['reply']],
  ])('it %s', async (_, change, fields) => {
    const { wrong } = await graded(change);
    expect(wrong).toEqual(fields.length === 0 ? [] : [{ id: 'garden-reply', fields }]);
  });

  test('a person whose mail is taken for a machine is counted', async () => {
    const report = await graded({ autoReply: true });
    expect(report.humansCalledAutomatic).toBe(1);
    expect(reportLines(report).at(-1)).toBe('humans called automatic: 1');
  });
});

test.each([
  ['ws', ' a\r\n b\u00a0', 'a b'],
  ['nows', '> a\n>> b', 'ab'],
  ['md', '**a** ![x](y) *b*', 'a b'],
  ['alnum', 'A, b!', 'ab'],
] as const)('the convention %s makes %j %j', (form, text, expected) => {
  expect(comparable(text, form)).toBe(expected);
});

test('texts have as much in common as they share words', () => {
  expect(tokenF1('one two', 'two three')).toBe(0.5);
  expect(tokenF1('', '')).toBe(1);
  expect(isSameBody('One, two', 'one two')).toBe(true);
});

test('what a reader sees of html has no style, no script and a line each block', () => {
  expect(visibleText('<style>p{}</style><p>One&nbsp;two</p><div>three<br>four</div>')).toBe('One two\nthree\nfour');
});
