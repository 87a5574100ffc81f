import type { Output } from '#contract/client.ts';
import { whenForgetting } from './forget.ts';
import { watch, type Watch } from './live.svelte.ts';
import { VIEWS, type View } from './routes.ts';
import { ask, isAdmin } from './session.svelte.ts';

/** A count as the navigation says it; `more`: there are more than that. */
export interface Count {
  n: number;
  more: boolean;
}
export type Counted = View | 'overdue' | 'pending-people' | 'held-back';

let counts = $state.raw<Partial<Record<Counted, Count>>>({});

/** How many there are; undefined until the desk has said. */
export const countOf = (what: Counted): Count | undefined => counts[what];

/** Notes a count that came with something else, so that the navigation never says another one than the page. */
export function noteCount(what: Counted, count: Count): void {
  const known = counts[what];
  if (known?.n !== count.n || known.more !== count.more) counts = { ...counts, [what]: count };
}

/** Asks the desk for every count of the navigation. One that fails stays as it was. */
export async function readCounts(): Promise<void> {
  await Promise.allSettled([
    ask('countTickets').then(noteViews),
    ask('listTickets', { query: { view: 'all', limit: '1' } }).then(({ count, count_capped: more }) =>
      noteCount('all', { n: count, more }),
    ),
    ...(isAdmin() ? [readPeople(), readHeldBack()] : []),
  ]);
}

/** A list counts no further. */
const MOST = 1000;

/** Has the desk tell the counts of what is not over. */
export function watchCounts(): Watch {
  return watch('countTickets', {}, noteViews);
}

function noteViews(counted: Output<'countTickets'>): void {
  for (const what of [...VIEWS, 'overdue'] as const)
    if (what !== 'all') noteCount(what, { n: Math.min(counted[what], MOST), more: counted[what] > MOST });
}

async function readPeople(): Promise<void> {
  const { counts: people } = await ask('listEmployees', { query: { limit: '1' } });
  if (people) noteCount('pending-people', { n: people.pending, more: false });
}

/** The ledger does not count: a page of it is enough to know whether anything waits. */
async function readHeldBack(): Promise<void> {
  const { results, next } = await ask('listLedger', { query: { state: 'quarantined', limit: '50' } });
  noteCount('held-back', { n: results.length, more: next !== null });
}

whenForgetting(() => (counts = {}));
