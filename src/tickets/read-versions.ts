import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { may, visibleTickets } from './access.ts';

export interface CommentVersion {
  revision: number;
  body: string;
  html: string | null;
  replaced_at: string;
}

/** What a comment said before its edits, oldest first; for staff. 404 when there is no such comment for this reader. */
export async function readVersions(
  em: EntityManager,
  reader: Employee,
  { ticketId, commentId }: { ticketId: number; commentId: number },
): Promise<CommentVersion[]> {
  const { sql, params } = may(reader, 'see-behind') ? visibleTickets(reader) : { sql: 'false', params: [] };
  const rows = await em.execute<(Omit<CommentVersion, 'revision'> & { revision: number | null })[]>(
    `select v.revision, v.body, v.html, v.replaced_at from comment c join ticket t on t.id = c.ticket_id left join comment_version v on v.comment_id = c.id
      where c.id = ? and t.id = ? and ${sql} order by v.revision`,
    [commentId, ticketId, ...params],
  );
  if (rows.length === 0) throw new AppError('not_found', 'There is no such comment');
  return rows.flatMap(({ revision, replaced_at, ...words }) =>
    revision === null ? [] : { ...words, revision, replaced_at: new Date(replaced_at).toISOString() },
  );
}
