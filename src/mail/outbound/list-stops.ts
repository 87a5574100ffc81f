import type { EntityManager } from '@mikro-orm/postgresql';
import type { Employee } from '../../people/employee.ts';
import { visibleTickets } from '../../tickets/access.ts';
import { ticketNumber } from '../../tickets/ticket.ts';

/** An address or a ticket that gets no mail, or got none for a time, and why. */
export interface MailStop {
  id: number;
  kind: 'loop' | 'bounce';
  address: string | null;
  ticket: { id: number; ticket_number: string } | null;
  reason: string;
  opened_at: string;
  until: string | null;
  resumed_at: string | null;
  resumed_by: { id: number; name: string } | null;
  /** Mails that it keeps back. */
  kept: number;
}

interface Row extends Omit<MailStop, 'id' | 'ticket' | 'kept'> {
  id: string;
  ticket_id: string | null;
  number: string | null;
  kept: string;
}

const MOST = 200;
const NAME = `coalesce(nullif(trim(r.first_name || ' ' || r.last_name), ''), r.email)`;
const SELECT = `select s.id, s.kind, s.address, s.ticket_id, n.number, s.reason, s.opened_at, s.until, s.resumed_at,
    case when r.id is null then null else json_build_object('id', r.id, 'name', ${NAME}) end as resumed_by,
    (select count(*) from outbound_message o where o.stop_id = s.id and o.state = 'suppressed') as kept
  from mail_stop s left join ticket n on n.id = s.ticket_id left join employee r on r.id = s.resumed_by`;

/** The stops that a member of staff may see, those in force first, newest first, 200 at most. `address`: only those of this one. */
export async function listStops(
  em: EntityManager,
  reader: Employee,
  { address = null }: { address?: string | null } = {},
): Promise<MailStop[]> {
  const { sql, params } = seen(reader);
  const rows = await em.execute<Row[]>(
    `${SELECT} where ${sql} and (?::text is null or s.address = ?) order by s.resumed_at is not null, s.id desc limit ${MOST}`,
    [...params, address, address],
  );
  return rows.map(present);
}

/** One of them; null: there is none for this reader. */
export async function findStop(em: EntityManager, reader: Employee, id: number): Promise<MailStop | null> {
  const { sql, params } = seen(reader);
  const [row] = await em.execute<Row[]>(`${SELECT} where ${sql} and s.id = ?`, [...params, id]);
  return row ? present(row) : null;
}

/** Admins see all; others those of tickets in their scope, and of addresses of people on them. */
function seen(reader: Employee): { sql: string; params: unknown[] } {
  if (reader.role === 'admin') return { sql: 'true', params: [] };
  const visible = visibleTickets(reader);
  return {
    sql: `exists (select from ticket t where ${visible.sql} and (t.id = s.ticket_id or exists (
      select from employee e where e.email = s.address and (e.id = t.requester_id or e.id = t.assignee_id
        or exists (select from participant p where p.ticket_id = t.id and p.employee_id = e.id)))))`,
    params: visible.params,
  };
}

function present({ id, ticket_id, number, kept, opened_at, until, resumed_at, ...row }: Row): MailStop {
  return {
    ...row,
    id: Number(id),
    ticket: ticket_id && number ? { id: Number(ticket_id), ticket_number: ticketNumber(Number(number)) } : null,
    opened_at: new Date(opened_at).toISOString(),
    until: until && new Date(until).toISOString(),
    resumed_at: resumed_at && new Date(resumed_at).toISOString(),
    kept: Number(kept),
  };
}
