import type { RouterContext } from '@koa/router';

/** The bytes that a request asks for, both ends included; null: all of them. */
export type Range = { start: number; end: number } | null;

/**
 * One range of bytes (RFC 9110 §14.2): `bytes=0-99`, `bytes=100-`, `bytes=-100`. Anything else, several ranges and one of another version of the
 * file (If-Range) too, is answered with the whole; `unsatisfiable` begins behind the end.
 */
export function readRange(ctx: RouterContext, size: number, tag: string): Range | 'unsatisfiable' {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(ctx.get('Range').trim()) ?? [];
  if (first === '' && last === '') return null;
  const condition = ctx.get('If-Range').trim();
  if (condition !== '' && condition !== tag) return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null; // no range at all
  return start >= size || start > end ? 'unsatisfiable' : { start, end };
}
