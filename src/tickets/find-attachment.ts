import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { visibleTickets, visibleVisibilities } from './access.ts';
import { Attachment } from './attachment.ts';

/** A file of a ticket and comment the reader may see; anything else does not exist: 404 (T14). */
export async function findAttachment(em: EntityManager, reader: Employee, id: number): Promise<Attachment> {
  const { sql, params } = visibleTickets(reader);
  const [row] = await em.execute<{ id: string }[]>(
    `select f.id from attachment f join ticket t on t.id = f.ticket_id where f.id = ? and f.visibility in (?) and ${sql}`,
    [id, [...visibleVisibilities(reader)], ...params],
  );
  if (!row) throw new AppError('not_found', 'There is no such file');
  return em.findOneOrFail(Attachment, id);
}
