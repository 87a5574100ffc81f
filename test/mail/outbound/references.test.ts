import { expect, test } from 'vitest';
import { threadHeaders } from '../../../src/mail/outbound/references.ts';

const own = '<o.b.aown@desk.example>';
const id = (n: number) => `<${n}@mail.example>`;

test('the first message of a conversation answers nothing and carries its own id', () => {
  expect(threadHeaders([], own)).toEqual({ inReplyTo: null, references: [own] });
});

test('a message answers the newest and names all before it, oldest first', () => {
  expect(threadHeaders([id(1), id(2)], own)).toEqual({ inReplyTo: id(2), references: [id(1), id(2), own] });
});

test('R16: of a chain of 40 the first, the newest and the own id remain, 20 in all', () => {
  const chain = Array.from({ length: 40 }, (_, n) => id(n));
  const { inReplyTo, references } = threadHeaders(chain, own);
  expect(inReplyTo).toBe(id(39));
  expect(references).toHaveLength(20);
  expect(references[0]).toBe(id(0));
  expect(references.slice(1, 19)).toEqual(chain.slice(-18));
  expect(references.at(-1)).toBe(own);
});

test('R16: a chain of 19 is not cut', () => {
  const chain = Array.from({ length: 19 }, (_, n) => id(n));
  expect(threadHeaders(chain, own).references).toEqual([...chain, own]);
});

test('an id that would break the header is left out', () => {
  const bad = ['<a b@x>', '<a\r\nBcc: evil@x>', 'a@x', `<${'a'.repeat(400)}@x>`, ''];
  expect(threadHeaders([...bad, id(1), id(1)], own)).toEqual({ inReplyTo: id(1), references: [id(1), own] });
});
