import type { Status, Ticket } from './statuses.ts';

/** One of the four steps of a ticket, as its requester sees them. */
export interface Step {
  name: 'got' | 'taken' | 'sent' | 'check' | 'done';
  state: 'past' | 'now' | 'later';
  at: string | null;
  who: string | null;
  channel: Ticket['channel'] | null;
}

/** How many steps lie behind a ticket of this status; null for one that ended without a solution. */
const BEHIND: Record<Status, number | null> = {
  new: 1,
  open: 1,
  in_progress: 2,
  pending: 2,
  on_hold: 2,
  resolved: 3,
  closed: 4,
  rejected: null,
  withdrawn: null,
};

type Facts = Pick<Ticket, 'status' | 'created_at' | 'channel' | 'assignee' | 'resolved_at' | 'closed_at' | 'events'>;

/** The steps of a ticket: we got it, someone took it, solution sent, you tell us if it works. */
export function stepsOf(ticket: Facts): Step[] {
  const behind = BEHIND[ticket.status];
  if (behind === null) return [];
  const taken = ticket.events.findLast(({ type, data }) =>
    [type, data['transition'], data['name']].some((name) => name === 'claim' || name === 'start'),
  );
  const step = (nth: number, name: Step['name'], more: Partial<Step> = {}): Step => {
    const state = nth < behind ? 'past' : nth === behind ? 'now' : 'later';
    return { name, state, at: null, who: null, channel: null, ...(state === 'past' && more) };
  };
  return [
    step(0, 'got', { at: ticket.created_at, channel: ticket.channel }),
    step(1, 'taken', { at: taken?.created_at ?? null, who: ticket.assignee?.name ?? null }),
    step(2, 'sent', { at: ticket.resolved_at }),
    ticket.status === 'closed' ? step(3, 'done', { at: ticket.closed_at }) : step(3, 'check'),
  ];
}
