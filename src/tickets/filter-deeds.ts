import type { Sql } from '../db/keyset.ts';
import { fieldError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';

export const DEEDS = ['resolved', 'reopened', 'answered', 'noted'] as const;
/** resolved; a resolution that was taken back; a public answer, or a note, of somebody else than the requester */
export type Deed = (typeof DEEDS)[number];

/** Tickets on which something was done, by somebody, within some time: what is behind the numbers of a report. */
export interface DeedFilter {
  done?: Deed | undefined;
  done_by?: number | undefined;
  /** The moment itself counts. */
  done_from?: string | undefined;
  /** The moment itself does not. */
  done_to?: string | undefined;
}

/** What the next change of status after the event `e` was. */
export const NEXT_TRANSITION = `(select n.data ->> 'transition' from ticket_event n
  where n.ticket_id = e.ticket_id and n.id > e.id and n.type = 'status_changed' order by n.id limit 1)`;

const RESOLUTION = `from ticket_event e where e.ticket_id = t.id and e.type = 'status_changed' and e.data ->> 'to' = 'resolved'`;
const WORDS = `from comment e where e.ticket_id = t.id and e.author_id <> t.requester_id and e.visibility =`;
const WHERE: Record<Deed, { from: string; who: string }> = {
  resolved: { from: RESOLUTION, who: 'e.actor_id' },
  reopened: { from: `${RESOLUTION} and ${NEXT_TRANSITION} = 'reopen'`, who: 'e.actor_id' },
  answered: { from: `${WORDS} 'public'`, who: 'e.author_id' },
  noted: { from: `${WORDS} 'internal'`, who: 'e.author_id' },
};

/** As a condition on `t`; null where it was not asked for. */
export function deedCondition(reader: Pick<Employee, 'role'>, asked: DeedFilter): Sql | null {
  const { done, done_by: by, done_from: from, done_to: to } = asked;
  if (done === undefined) {
    if (by !== undefined || from !== undefined || to !== undefined)
      throw fieldError('done', `say what was done: ${DEEDS.join(', ')}`);
    return null;
  }
  // Whether there are notes is not for their requester to know.
  if (done === 'noted' && reader.role === 'employee') return { sql: 'false', params: [] };
  const { from: table, who } = WHERE[done];
  const given = [
    { sql: `${who} = ?`, param: by },
    { sql: 'e.created_at >= ?::timestamptz', param: from },
    { sql: 'e.created_at < ?::timestamptz', param: to },
  ].filter(({ param }) => param !== undefined);
  return {
    sql: `exists (select ${[table, ...given.map(({ sql }) => sql)].join(' and ')})`,
    params: given.map(({ param }) => param),
  };
}
