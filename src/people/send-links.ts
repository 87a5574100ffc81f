import type { Transaction } from '../db/transaction.ts';
import { makeLink } from './account-link.ts';
import { sendAccountNotice, type AccountTemplate } from './account-notice.ts';
import type { RequestedLink } from './link-request.ts';

const TEMPLATES: Record<RequestedLink, AccountTemplate> = {
  'reset-password': 'reset-password',
  'sign-in': 'sign-in-link',
};

interface Request {
  purpose: RequestedLink;
  /** null: the address belongs to nobody who may have a link. */
  employee_id: string | null;
}

/**
 * Sends the links that were asked for to those who may have one: who has an account, and who so far only ever wrote by mail. The
 * requests are deleted; a second worker finds none.
 */
export async function sendLinks(tx: Transaction, ids: readonly number[], key: Buffer): Promise<void> {
  if (ids.length === 0) return;
  const requests = await tx.em.execute<Request[]>(
    `with request as (delete from link_request where id in (?) returning id, purpose, email)
     select r.purpose, e.id as employee_id from request r
       left join employee e on e.email = r.email and e.status in ('approved', 'contact') order by r.id`,
    [[...ids]],
  );
  for (const { purpose, employee_id } of requests) {
    if (employee_id === null) continue;
    const employeeId = Number(employee_id);
    const linkId = await makeLink(tx, key, { employeeId, purpose });
    await sendAccountNotice(tx, { employeeId, template: TEMPLATES[purpose], linkId });
    tx.audit({ action: 'link.sent', actorId: null, subject: { type: 'employee', id: employeeId }, data: { purpose } });
  }
}
