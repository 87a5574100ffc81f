import { expect, test } from 'vitest';
import { AppError } from '../src/errors.ts';
import { createLog } from '../src/log.ts';

/** What a log at `level` writes, as objects. */
function logged(write: (log: ReturnType<typeof createLog>) => void, level = 'info'): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog(level, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line is one JSON object with its level as a word and its time in UTC', () => {
  const [line] = logged((log) => log.info({ ticketId: 7 }, 'opened'));
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    ticketId: 7,
    msg: 'opened',
  });
});

test('what is below the level is not written', () => {
  expect(logged((log) => log.info('quiet'), 'warn')).toEqual([]);
});

test.each(['password', 'refresh', 'access', 'authorization', 'cookie', 'raw', 'mime', 'body', 'html', 'text'])(
  'P12: a field named %s is never written, down to two levels',
  (name) => {
    const secret = 'hunter2-hunter2';
    const [line] = logged((log) => log.info({ [name]: secret, one: { [name]: secret, two: { [name]: secret } } }, 'x'));
    expect(JSON.stringify(line)).not.toContain('hunter2');
    expect(line?.[name]).toBe('[redacted]');
  },
);

test('P12: of an error its kind, code, first line and frames are written, and nothing that it carries', () => {
  const error = Object.assign(new Error('duplicate key\n - detail: Failing row contains (1, My salary is wrong).'), {
    code: '23505',
    detail: 'Failing row contains (1, My salary is wrong).',
    query: `insert into comment values ('My salary is wrong')`,
  });
  const [line] = logged((log) => log.error({ err: error }, 'failed'));
  expect(line?.['err']).toEqual({
    type: 'Error',
    code: '23505',
    message: 'duplicate key',
    stack: expect.stringMatching(/^\s+at .*log\.test\.ts/),
  });
  expect(JSON.stringify(line)).not.toContain('salary');
});

test('an error tells its cause, in the same few words', () => {
  const cause = new AppError('not_found', 'There is no such ticket');
  const [line] = logged((log) => log.warn({ err: new Error('outer', { cause }) }, 'x'));
  expect(line?.['err']).toMatchObject({ message: 'outer', cause: { type: 'AppError', code: 'not_found' } });
  expect(logged((log) => log.warn({ err: 'only text' }, 'x'))[0]?.['err']).toBe('only text');
});
