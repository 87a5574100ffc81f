import type { EntityManager } from '@mikro-orm/postgresql';
import { Mailbox } from '../mailbox.ts';
import { mailboxNotFound } from './lock-mailboxes.ts';

/** Every mailbox, oldest first; or the one with this id, and 404 when there is none. */
export async function listMailboxes(em: EntityManager, id?: number): Promise<Mailbox[]> {
  const found = await em.find(Mailbox, id === undefined ? {} : { id }, { orderBy: { id: 'asc' }, refresh: true });
  if (id !== undefined && found.length === 0) throw mailboxNotFound();
  return found;
}

/** Names of the categories and departments that mailboxes give to their tickets, as `category:3`. */
export async function defaultNames(em: EntityManager, mailboxes: readonly Mailbox[]): Promise<Map<string, string>> {
  const ids = (of: (mailbox: Mailbox) => number | null | undefined) =>
    `{${mailboxes.flatMap((one) => of(one) ?? []).join(',')}}`;
  const rows = await em.execute<{ key: string; name: string }[]>(
    `select 'category:' || id as key, name from category where id = any(?::bigint[])
     union all select 'department:' || id, name from department where id = any(?::bigint[])`,
    [ids(({ defaultCategoryId }) => defaultCategoryId), ids(({ defaultDepartmentId }) => defaultDepartmentId)],
  );
  return new Map(rows.map(({ key, name }) => [key, name]));
}

/** Mails of each mailbox that wait for a decision, by its id; counted up to `most`. */
export async function countHeld(
  em: EntityManager,
  mailboxes: readonly Mailbox[],
  most: number,
): Promise<Map<number, number>> {
  const rows = await em.execute<{ id: number; held: number }[]>(
    `select b.id::int, count(i.id)::int as held from mailbox b left join lateral
       (select id from inbound_message where mailbox_id = b.id and state = 'quarantined' limit ?) i on true
     where b.id = any(?::bigint[]) group by b.id`,
    [most, `{${mailboxes.map(({ id }) => id).join(',')}}`],
  );
  return new Map(rows.map(({ id, held }) => [id, held]));
}
