import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from '../src/log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => ((text += chunk.toString()), done()) });
  write(createLog('info', stream));
  return text;
}

test('T36: secrets and bodies are redacted wherever they stand', () => {
  const text = logged((log) =>
    log.info({ password: 'canary', request: { authorization: 'canary', mail: { body: 'canary' } } }, 'x'),
  );
  expect(text).not.toContain('canary');
  expect(text).toContain('[redacted]');
});

test('V34: whatever is logged is one JSON object on one line', () => {
  const text = logged((log) => log.info({ agent: 'a\r\n{"level":"fatal"}' }, 'two\nlines'));
  expect(text.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'two\nlines', time: expect.stringMatching(/Z$/) });
});
