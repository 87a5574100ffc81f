import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Person } from '../people/employee.ts';
import { ticketNotFound, visibleTickets } from '../tickets/access.ts';
import { writeArticle } from './write-article.ts';

interface Row {
  subject: string;
  status: string;
  category_id: string | null;
  /** What was asked first, and what staff answered last; null: nothing. */
  asked: string | null;
  answered: string | null;
}

/** Most of either in a draft. */
const MOST = 20_000;

/**
 * Makes a draft of a ticket that is solved: what was asked first and what staff answered last. It is for staff, so that somebody reads it
 * and takes the names out before everybody may.
 */
export async function draftFromTicket(tx: Transaction, actor: Person, ticketId: number): Promise<number> {
  const scope = visibleTickets(actor);
  const [row] = await tx.em.execute<Row[]>(
    `select t.subject, t.status, t.category_id,
        (select left(body, ${MOST}) from comment where ticket_id = t.id and visibility = 'public' order by id limit 1) as asked,
        (select left(c.body, ${MOST}) from comment c join employee e on e.id = c.author_id where c.ticket_id = t.id and c.visibility = 'public'
            and e.role <> 'employee' and c.author_id <> t.requester_id order by c.id desc limit 1) as answered
       from ticket t where t.id = ? and ${scope.sql}`,
    [ticketId, ...scope.params],
  );
  if (!row) throw ticketNotFound();
  if (!['resolved', 'closed'].includes(row.status))
    throw new AppError('conflict', 'An article is made of a ticket that is solved: this one is not');
  const body = [row.asked, row.answered]
    .map((words) => plain(words ?? ''))
    .filter((words) => words !== '')
    .join('\n\n---\n\n');
  const category = row.category_id === null ? null : Number(row.category_id);
  const active = await stillOffered(tx, category);
  return writeArticle(tx, actor.id, {
    ...{ title: row.subject, body: body === '' ? row.subject : body, audience: 'staff', ticketId },
    category: active ? category : null,
  });
}

async function stillOffered({ em }: Transaction, category: number | null): Promise<boolean> {
  const rows = await em.execute<unknown[]>('select id from category where id = ? and active', [category]);
  return rows.length > 0;
}

/** Words that somebody wrote as a text stay what they are as Markdown: what would be marks is escaped, and lines stay lines. */
function plain(words: string): string {
  return words
    .trim()
    .replace(/[\\`*_[\]<>]/g, '\\$&')
    .replace(/^(\s*)(#|=|-{2,}|~{3,})/gm, '$1\\$2')
    .replace(/([^\n])\n(?=[^\n])/g, '$1  \n');
}
