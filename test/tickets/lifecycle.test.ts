import { expect, test } from 'vitest';
import {
  FINAL_STATUSES,
  ON_REQUESTER_REPLY,
  STATUSES,
  TRANSITIONS,
  findTransition,
  transitionsFrom,
} from '../../src/tickets/lifecycle.ts';

const EVERYBODY = ['requester', 'coordinator', 'admin', 'system'] as const;

test('every status but the first can be reached, and only the final ones have no way out', () => {
  const reachable = new Set(TRANSITIONS.map(({ to }) => to));
  expect(STATUSES.filter((status) => !reachable.has(status))).toEqual(['new']);
  expect(STATUSES.filter((status) => transitionsFrom(status, EVERYBODY).length === 0)).toEqual(FINAL_STATUSES);
});

test('a requester may withdraw, reopen and close, and nothing else', () => {
  const allowed = STATUSES.flatMap((status) =>
    transitionsFrom(status, ['requester']).map(({ name }) => `${status} ${name}`),
  );
  expect(allowed).toEqual([
    'new withdraw',
    'open withdraw',
    'in_progress withdraw',
    'pending withdraw',
    'on_hold withdraw',
    'resolved reopen',
    'resolved close',
  ]);
});

test('what a reply does to the status is a move the table knows', () => {
  for (const [status, name] of Object.entries(ON_REQUESTER_REPLY)) expect(findTransition(name).from).toContain(status);
});
