import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Person } from '../people/employee.ts';
import { goneOut, may, visibleTickets, visibleVisibilities } from './access.ts';
import { Attachment } from './attachment.ts';

/** A file of a ticket and comment the reader may see; anything else does not exist: 404 (T14). */
export async function findAttachment(
  { em, now }: Pick<Transaction, 'em' | 'now'>,
  reader: Person,
  id: number,
): Promise<Attachment> {
  const out = goneOut(reader, 'c', now);
  const { sql, params } = visibleTickets(reader);
  const [row] = await em.execute<{ id: string; scan: Attachment['scan']; scanned: boolean }[]>(
    `select f.id, f.scan, ${SCANNED} as scanned from attachment f join ticket t on t.id = f.ticket_id left join comment c on c.id = f.comment_id
      where f.id = ? and f.visibility in (?) and ${out.sql} and ${sql}`,
    [id, [...visibleVisibilities(reader)], ...out.params, ...params],
  );
  if (!row) throw new AppError('not_found', 'There is no such file');
  if (row.scanned && !may(reader, 'see-behind')) refuseUnclean(row.scan);
  return em.findOneOrFail(Attachment, id);
}

/** Whether files are scanned for viruses, which the environment decides. */
export const SCANNED = `exists (select from setting where key = 'virus_scanner' and environment is not null)`;

/** Where files are scanned nobody but staff gets one of which nothing is known (T21). What is infected nobody gets at all. */
function refuseUnclean(scan: Attachment['scan']): void {
  if (scan === 'unscanned')
    throw new AppError('unavailable', 'The file is being looked at for viruses: try again in a moment');
  if (scan === 'error')
    throw new AppError('forbidden', 'The file could not be looked at for viruses: ask the desk for it');
}

/** A file that another system was told of; 404 when it is gone, or not public any more. */
export async function findSharedFile({ em }: Pick<Transaction, 'em'>, id: number): Promise<Attachment> {
  const file = await em.findOne(Attachment, { id, visibility: 'public' });
  if (!file) throw new AppError('not_found', 'There is no such file');
  const [row] = await em.execute<{ scanned: boolean }[]>(`select ${SCANNED} as scanned`);
  if (row?.scanned) refuseUnclean(file.scan);
  return file;
}
