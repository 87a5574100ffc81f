import { expect, test } from 'vitest';
import { displayName, isStaff, EMPLOYEE_STATUSES } from '../../src/people/employee.ts';
import { ROLES } from '../../src/tickets/lifecycle.ts';

test.each([
  ['Ana', 'Reyes', 'Ana Reyes'],
  ['Ana', '', 'Ana'],
  ['', 'Reyes', 'Reyes'],
  ['', '', 'ana@maravia.example'],
  [' ', ' ', 'ana@maravia.example'],
])('a person with the names %j and %j is called %j', (firstName, lastName, name) => {
  expect(displayName({ firstName, lastName, email: 'ana@maravia.example' })).toBe(name);
});

test('only an approved coordinator or admin is staff', () => {
  const staff = ROLES.flatMap((role) =>
    EMPLOYEE_STATUSES.filter((status) => isStaff({ role, status })).map((status) => `${role} ${status}`),
  );
  expect(staff).toEqual(['coordinator approved', 'admin approved']);
});
