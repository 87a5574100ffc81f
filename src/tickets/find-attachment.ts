import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Person } from '../people/employee.ts';
import { goneOut, visibleTickets, visibleVisibilities } from './access.ts';
import { Attachment } from './attachment.ts';

/** A file of a ticket and comment the reader may see; anything else does not exist: 404 (T14). */
export async function findAttachment(
  { em, now }: Pick<Transaction, 'em' | 'now'>,
  reader: Person,
  id: number,
): Promise<Attachment> {
  const out = goneOut(reader, 'c', now);
  const { sql, params } = visibleTickets(reader);
  const [row] = await em.execute<{ id: string }[]>(
    `select f.id from attachment f join ticket t on t.id = f.ticket_id left join comment c on c.id = f.comment_id
      where f.id = ? and f.visibility in (?) and ${out.sql} and ${sql}`,
    [id, [...visibleVisibilities(reader)], ...out.params, ...params],
  );
  if (!row) throw new AppError('not_found', 'There is no such file');
  return em.findOneOrFail(Attachment, id);
}

/** A file that another system was told of; 404 when it is gone, or not public any more. */
export async function findSharedFile({ em }: Pick<Transaction, 'em'>, id: number): Promise<Attachment> {
  const file = await em.findOne(Attachment, { id, visibility: 'public' });
  if (!file) throw new AppError('not_found', 'There is no such file');
  return file;
}
