import { describe, expect, it } from 'vitest';
import { pathTo, placeOf } from '../../web/lib/routes.ts';
import { askedOf, beginOf, dayOf, narrowed, queryOf, sameAsked, type Asked } from '../../web/lib/ticket-query.ts';

const asked = (text: string) => askedOf(new URLSearchParams(text));

describe('the address of a list', () => {
  it('says every filter, and reading it gives them back', () => {
    const all: Asked = {
      ...{ status: 'open', priority: 'none', category: 'Access & rights', department: '4', assignee: 'me' },
      ...{ requester: '17', channel: 'mail', created_from: '2026-11-01T00:00:00.000Z', has_attachment: 'true' },
      ...{ done: 'noted', done_by: '9', done_from: '2026-11-02T00:00:00.000Z', done_to: '2026-11-03T00:00:00.000Z' },
      ...{
        created_to: '2026-11-10T00:00:00.000Z',
        overdue: 'false',
        solved: 'true',
        answered: 'false',
        q: '"new starter" ü',
        sort: 'oldest',
      },
    };
    const [path = '', search] = pathTo.list('mine', all).split(/(?=\?)/);
    expect(placeOf(path, search)).toEqual({ page: 'tickets', view: 'mine', asked: all });
  });

  it.each([
    'status=lost',
    'priority=urgent',
    'assignee=everybody',
    'requester=none',
    'created_from=yesterday',
    'overdue=perhaps',
    'done_by=9&done_from=2026-11-02T00:00:00.000Z',
    'sort=newest',
    'q=+',
    'limit=1000&cursor=x',
  ])('asks for nothing with ?%s, which the desk would refuse or which says nothing', (text) =>
    expect(asked(text)).toEqual({}),
  );

  it('is the plain one of its view without a filter', () => {
    expect(pathTo.list('open', {})).toBe('/tickets');
    expect(pathTo.list('all', {})).toBe('/tickets?view=all');
  });
});

describe('a filter', () => {
  it('replaces the one of its kind, and goes when its value does', () => {
    const before = asked('status=open&overdue=true');
    expect(narrowed(before, { status: 'new' })).toEqual({ status: 'new', overdue: 'true' });
    expect(queryOf(narrowed(before, { status: undefined, overdue: undefined }))).toBe('');
    expect(sameAsked(before, asked('overdue=true&status=open'))).toBe(true);
  });

  it('between two days has both of them whole, in the calendar of the reader', () => {
    const [from, to] = [beginOf('2026-11-27'), beginOf('2026-11-28', true)];
    expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(2 * 86_400_000);
    expect([dayOf(from), dayOf(to, true)]).toEqual(['2026-11-27', '2026-11-28']);
    expect([beginOf(''), dayOf(undefined)]).toEqual([undefined, '']);
  });
});
