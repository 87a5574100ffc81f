import { describe, expect, it } from 'vitest';
import { cursorOf, freshen, joined } from '../../web/lib/fresh-rows.ts';

const row = (id: number, status = 'new') => ({ id, created_at: new Date(1_000_000 + id * 1000).toISOString(), status });

describe('a list that is read again', () => {
  const shown = [row(9), row(8), row(7), row(6)];

  it('keeps every row in its place and lets new ones wait', () => {
    const { rows, waiting, gone } = freshen(shown, [row(11), row(10), row(9), row(8)], true);
    expect(rows.map(({ id }) => id)).toEqual([9, 8, 7, 6]);
    expect(waiting.map(({ id }) => id)).toEqual([11, 10]);
    expect(gone).toEqual([]);
  });

  it('changes a row in place', () => {
    expect(freshen(shown, [row(9), row(8, 'open'), row(7)], true).rows[1]).toEqual(row(8, 'open'));
  });

  it('marks a row that has left the view, but only within reach of the first page', () => {
    expect(freshen(shown, [row(9), row(7)], true).gone).toEqual([8]);
    expect(freshen(shown, [row(9), row(7)], false).gone).toEqual([8, 6]);
    expect(freshen(shown, [], false).gone).toEqual([9, 8, 7, 6]);
  });
});

it('pages come together newest first, the later copy of a row wins', () => {
  expect(joined([row(3), row(2)], [row(2, 'open'), row(1)])).toEqual([row(3), row(2, 'open'), row(1)]);
});

it('the next page is found behind its link', () => {
  expect(cursorOf('/api/tickets?view=open&limit=50&cursor=a%2Bb')).toBe('a+b');
  expect(cursorOf(null)).toBeNull();
});
