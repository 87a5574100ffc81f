import type { Transaction } from '../db/transaction.ts';
import { suggestArticles, type Found } from '../knowledge/list-articles.ts';
import { queryOfQuestion } from '../knowledge/question-words.ts';
import type { Person } from '../people/employee.ts';
import { visibleTickets } from '../tickets/access.ts';
import type { Status } from '../tickets/lifecycle.ts';
import { ticketNumber } from '../tickets/ticket.ts';

/** A ticket of the person who asks. */
export interface OwnTicket {
  id: number;
  ticket_number: string;
  subject: string;
  status: Status;
  updated_at: string;
}

export interface FoundAnswer {
  articles: Found[];
  tickets: OwnTicket[];
}

const MOST = 5;

/**
 * What the desk knows about a question without asking anybody: published articles that the person may read, and their own tickets, by the words
 * of the question or by the numbers it names. Nothing of it is kept; the audit log says that somebody asked, and how much was found.
 */
export async function answerBySearch(tx: Transaction, asker: Person, question: string): Promise<FoundAnswer> {
  const articles = await suggestArticles(tx.em, asker, question, MOST);
  const tickets = await ownTickets(tx, asker, question);
  const data = { by: 'search', articles: articles.length, tickets: tickets.length };
  tx.audit({ action: 'assistant.asked', actorId: asker.id, data });
  return { articles, tickets };
}

/** Staff too is answered about what they asked for themselves: the queue is there for the rest. */
async function ownTickets({ em }: Transaction, asker: Person, question: string): Promise<OwnTicket[]> {
  const own = visibleTickets({ ...asker, role: 'employee' });
  const numbers = [...question.matchAll(/\bTX0*(\d{1,15})\b/gi)].map(([, number]) => Number(number)).slice(0, MOST);
  const query = await queryOfQuestion(em, question);
  if (query === '' && numbers.length === 0) return [];
  // 0 is no number of a ticket.
  const named = numbers.length > 0 ? numbers : [0];
  const rows = await em.execute<{ id: string; number: string; subject: string; status: Status; updated_at: string }[]>(
    `select t.id, t.number, t.subject, t.status, t.updated_at from ticket t
      where ${own.sql} and (t.number in (?) or t.search @@ to_tsquery('public.desk', ?))
      order by t.number in (?) desc, ts_rank(t.search, to_tsquery('public.desk', ?)) desc, t.id desc limit ${MOST}`,
    [...own.params, named, query, named, query],
  );
  return rows.map(({ id, number, subject, status, updated_at }) => ({
    ...{ subject, status, id: Number(id), ticket_number: ticketNumber(Number(number)) },
    updated_at: new Date(updated_at).toISOString(),
  }));
}
