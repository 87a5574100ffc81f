import { expect, test } from 'vitest';
import { ACCOUNT_MOVES, ADMIN_MOVES, mayMove, moveAccount } from '../../src/people/account-lifecycle.ts';
import { EMPLOYEE_STATUSES } from '../../src/people/employee.ts';

test('every status but the first can be reached, and every one can be left', () => {
  const moves = Object.values(ACCOUNT_MOVES);
  const reached = new Set<string>(moves.map(({ to }) => to));
  const left = new Set<string>(moves.flatMap(({ from }) => from));
  expect(EMPLOYEE_STATUSES.filter((status) => !reached.has(status))).toEqual(['contact']);
  expect(EMPLOYEE_STATUSES.filter((status) => !left.has(status))).toEqual([]);
});

test('only somebody who waits or was rejected is approved, nobody signs in otherwise but who is made or enabled', () => {
  const into = (to: string) => Object.entries(ACCOUNT_MOVES).filter(([, move]) => move.to === to);
  expect(into('approved').map(([name, { from }]) => [name, from])).toEqual([
    ['create', ['contact', 'rejected']],
    ['approve', ['pending', 'rejected']],
    ['enable', ['disabled']],
  ]);
});

test.each(EMPLOYEE_STATUSES)('what cannot be done to an account that is %s is refused, with what can', (status) => {
  const allowed = ADMIN_MOVES.filter((move) => mayMove(status, move));
  for (const move of ADMIN_MOVES) {
    const person = { status };
    if (allowed.includes(move)) {
      moveAccount(person, move);
      expect(person.status).toBe(ACCOUNT_MOVES[move].to);
    } else
      expect(() => moveAccount(person, move)).toThrow(
        expect.objectContaining({ code: 'invalid_transition', details: { status, allowed } }) as Error,
      );
  }
});
