import { expect, test } from 'vitest';
import { readAuditCommand } from '../../src/commands/audit.ts';
import { UsageError } from '../../src/errors.ts';

const hash = 'a'.repeat(64);

test('audit verify takes ends of the log that were kept, audit head takes nothing', () => {
  expect(readAuditCommand(['head'], [])).toEqual({ do: 'head' });
  expect(readAuditCommand(['verify'], [])).toEqual({ do: 'verify', heads: [] });
  expect(readAuditCommand(['verify'], [`12:${hash}`])).toEqual({ do: 'verify', heads: [{ id: 12, hash }] });
});

test.each([
  [[], []],
  [['check'], []],
  [['verify', 'more'], []],
  [['verify'], ['x']],
  [['verify'], ['12']],
  [['verify'], [`12:${hash}0`]],
  [['head'], [`12:${hash}`]],
])('audit %j with the ends %j is a wrong use', (args, heads) => {
  expect(() => readAuditCommand(args, heads)).toThrow(UsageError);
});
