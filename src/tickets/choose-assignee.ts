import type { Transaction } from '../db/transaction.ts';
import { fieldError } from '../errors.ts';
import { Employee } from '../people/employee.ts';
import type { LockedTicket } from './locked-ticket.ts';

export type AssigneeRule = 'round_robin' | 'least_open';

/** Who was given a ticket longest ago, never being the longest; or who has the fewest that are not over. Ties go to the first account. */
const ORDER: Record<AssigneeRule, string> = {
  round_robin: `(select max(e.created_at) from ticket_event e where e.type = 'assigned' and e.data ->> 'assignee_id' = m.id::text) nulls first, m.id`,
  least_open: `(select count(*) from ticket t where t.assignee_id = m.id and t.status in ('new', 'open', 'in_progress', 'pending', 'on_hold')), m.id`,
};

/** Serialises those who choose: two tickets at once go to two people. */
const LOCK = 715_003;

/**
 * Chooses a coordinator for a ticket by a rule; where its department has coordinators of its own, one of them. An admin is not chosen by itself.
 * 400 when there is nobody.
 */
export async function chooseAssignee(tx: Transaction, ticket: LockedTicket, rule: AssigneeRule): Promise<Employee> {
  await tx.em.execute('select pg_advisory_xact_lock(?)', [LOCK]);
  const [row] = await tx.em.execute<{ id: string }[]>(
    `with able as (select id from employee where role = 'coordinator' and status = 'approved'),
       near as (select id from able where id in (select employee_id from coordinator_department where department_id = ?::bigint))
     select m.id from able m where m.id in (select id from near) or not exists (select from near) order by ${ORDER[rule]} limit 1`,
    [ticket.departmentId],
  );
  if (!row) throw fieldError('assignee', 'There is no coordinator to choose');
  return tx.em.findOneOrFail(Employee, Number(row.id));
}
