import type { z } from 'zod';
import type { Employee as EmployeeAnswer, EmployeeDetails } from '../contract/employee.ts';
import type { AccountMail } from '../mail/outbound/list-account-mails.ts';
import { ADMIN_MOVES, mayMove } from '../people/account-lifecycle.ts';
import type { EmployeeRow } from '../people/employee-row.ts';
import { displayName, type Employee } from '../people/employee.ts';

/** A person as the contract gives them to this reader: staff sees who it is, admins see the account. */
export function presentEmployee(row: EmployeeRow, reader: Employee): z.input<typeof EmployeeAnswer> {
  const { first_name, middle_name, last_name, suffix, email, role, department } = row;
  const name = displayName({ firstName: first_name, lastName: last_name, email });
  const known = {
    ...{ id: Number(row.id), name, first_name, middle_name, last_name, suffix, email, role, department },
    picture: row.has_picture ? `/api/employees/${row.id}/picture` : null,
  };
  return reader.role === 'admin' ? { ...known, ...accountOf(row) } : known;
}

/** The same with the mails about the account, for admins. */
export function presentDetails(
  row: EmployeeRow,
  reader: Employee,
  mails: readonly AccountMail[],
): z.input<typeof EmployeeDetails> {
  const person = presentEmployee(row, reader);
  return reader.role === 'admin' ? { ...person, mails: mails.map(mailOf) } : person;
}

function accountOf(row: EmployeeRow) {
  const { company_id, status, departments, locale, version, address_confirmed, has_password } = row;
  const { decided_by, decision_reason, ticket_count, open_ticket_count } = row;
  return {
    ...{ company_id, status, departments, locale, version, address_confirmed, has_password },
    ...{ decided_by, decision_reason, ticket_count, open_ticket_count },
    moves: row.erased_at ? [] : ADMIN_MOVES.filter((move) => mayMove(status, move)),
    registered_at: timeOf(row.registered_at),
    decided_at: timeOf(row.decided_at),
    erased_at: timeOf(row.erased_at),
    last_seen_at: timeOf(row.last_seen_at),
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  };
}

function mailOf({ template, recipient, state, reason, created_at, finished_at }: AccountMail) {
  const times = { created_at: new Date(created_at).toISOString(), finished_at: timeOf(finished_at) };
  return { template, recipient, state, reason, ...times };
}

const timeOf = (time: string | null) => time && new Date(time).toISOString();
