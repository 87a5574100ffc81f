import type { Transaction } from '../db/transaction.ts';
import { COORDINATES } from './access.ts';

/** `@marta.kowalska` or `@marta.kowalska@desk.example`, not in the middle of a word or an address. */
const MENTION = /(?<![\p{L}\p{N}.@_+-])@([\p{L}\p{N}][\p{L}\p{N}._+-]*(?:@[\p{L}\p{N}.-]+)?)/gu;
/** More than anybody means; a pasted list of addresses is no call. */
const MOST = 20;

/**
 * Ids of the staff that a text names by address, or by what stands before its @ where that is one person only. Only those in whose scope the ticket is:
 * a name gives nobody a right to read.
 */
export async function findMentions({ em }: Transaction, ticketId: number, text: string): Promise<number[]> {
  const names = namesIn(text);
  if (names.length === 0) return [];
  const rows = await em.execute<{ id: string; email: string }[]>(
    `select e.id, e.email from employee e join ticket t on t.id = ?
      where (e.email in (?) or split_part(e.email, '@', 1) in (?)) and ${COORDINATES} order by e.id`,
    [ticketId, names, names],
  );
  const meant = names.flatMap((name) => {
    const found = rows.filter(({ email }) => email === name || email.split('@')[0] === name);
    return found.length === 1 ? Number(found[0]?.id) : [];
  });
  return [...new Set(meant)];
}

function namesIn(text: string): string[] {
  const names = [...text.matchAll(MENTION)].map(([, name = '']) => name.toLowerCase().replace(/[.-]+$/, ''));
  return [...new Set(names)].slice(0, MOST);
}
