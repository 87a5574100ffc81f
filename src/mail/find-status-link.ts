import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Person } from '../people/employee.ts';
import type { Keyring } from '../secrets.ts';
import { normalizeAddress } from './addresses.ts';
import { isGenuine, readStatusToken } from './status-link.ts';

/** What a status link opens, and as whom. */
export interface StatusLink {
  ticketId: number;
  participantId: number;
  expires: Date;
  /** With the rights of an employee on this one ticket, whether or not they have an account. */
  holder: Person;
}

interface Row {
  ticket_id: string;
  link_epoch: number;
  employee_id: string;
  email: string;
  department_id: string | null;
  open: boolean;
}

/**
 * The ticket and person of a status link. 404 what never was one or was ended, 410 what ran out. Staff and closed accounts have none: staff sign in.
 */
export async function findStatusLink({ em, now }: Transaction, keyring: Keyring, token: string): Promise<StatusLink> {
  const read = readStatusToken(token);
  const [row] = read
    ? await em.execute<Row[]>(
        `select p.ticket_id, p.link_epoch, p.employee_id, e.email, e.department_id,
                p.state = 'confirmed' and e.role = 'employee' and e.status in ('contact', 'pending', 'approved') as open
           from participant p join employee e on e.id = p.employee_id where p.id = ?`,
        [read.participantId],
      )
    : [];
  if (!read || !row?.open) throw notFound();
  const address = normalizeAddress(row.email);
  if (!isGenuine(keyring, read, { participantId: read.participantId, address, epoch: row.link_epoch }))
    throw notFound();
  if (read.expires <= now) throw new AppError('gone', 'This link has expired: answer one of our mails, or sign in');
  return {
    ticketId: Number(row.ticket_id),
    participantId: read.participantId,
    expires: read.expires,
    holder: {
      ...{ id: Number(row.employee_id), email: row.email, role: 'employee', status: 'approved' },
      departmentId: row.department_id === null ? null : Number(row.department_id),
    },
  };
}

const notFound = () => new AppError('not_found', 'There is no such link');
