import { linkToken, type LinkPurpose } from '../../src/people/account-link.ts';
import { sendLinks } from '../../src/people/send-links.ts';
import type { TestDesk } from './desk.ts';

/** Does what the worker does about the links that were asked for. */
export async function sendAskedLinks({ transaction, secrets }: TestDesk): Promise<void> {
  await transaction(async (tx) => {
    const rows = await tx.em.execute<{ id: string }[]>('select id from link_request order by id');
    await sendLinks(
      tx,
      rows.map(({ id }) => Number(id)),
      secrets.links,
    );
  });
}

/** The tokens of the links that a person was sent for a purpose, the last one first. */
export async function linksOf(desk: TestDesk, employeeId: number, purpose: LinkPurpose): Promise<string[]> {
  const rows = await desk.transaction((tx) =>
    tx.em.execute<{ nonce: string }[]>(
      'select nonce from account_link where employee_id = ? and purpose = ? order by id desc',
      [employeeId, purpose],
    ),
  );
  return rows.map(({ nonce }) => linkToken(desk.secrets.links, nonce));
}

/** Mails about accounts that are due: template and where they go. */
export async function noticesOf(desk: TestDesk, employeeId: number): Promise<{ template: string; to: string }[]> {
  return desk.transaction((tx) =>
    tx.em.execute(
      `select n.template, coalesce(n.recipient, e.email) as "to" from account_notice n join employee e on e.id = n.employee_id
        where e.id = ? order by n.id`,
      [employeeId],
    ),
  );
}
