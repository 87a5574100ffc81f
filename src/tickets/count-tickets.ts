import type { EntityManager } from '@mikro-orm/postgresql';
import type { Employee } from '../people/employee.ts';
import { visibleTickets } from './access.ts';
import { NOT_OVER, VIEWS, type View } from './filter-tickets.ts';

/** Views of what is not over: the numbers beside their names. */
export const COUNTED = ['open', 'new', 'mine', 'unassigned', 'waiting'] as const satisfies readonly View[];

export type Badges = Record<(typeof COUNTED)[number] | 'overdue', number>;

/** How many tickets a reader has in each view, in one look at those that are not over. */
export async function countTickets(em: EntityManager, reader: Employee, now: Date): Promise<Badges> {
  const scope = visibleTickets(reader);
  const views = COUNTED.map((name) => ({ name, ...VIEWS[name](reader) }));
  const [row] = await em.execute<Record<keyof Badges, string>[]>(
    `select ${views.map(({ name, sql }) => `count(*) filter (where ${sql}) as ${name}`).join(', ')},
        count(*) filter (where t.scheduled_for < ?) as overdue
      from ticket t where t.status in ${NOT_OVER} and ${scope.sql}`,
    [...views.flatMap(({ params }) => params), now, ...scope.params],
  );
  const numbers = Object.entries(row ?? {}).map(([name, n]) => [name, Number(n)]);
  return Object.fromEntries(numbers) as Badges;
}
