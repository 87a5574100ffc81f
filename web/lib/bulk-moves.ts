import { TRANSITIONS } from '#contract/lifecycle.ts';
import { GRAVE_MOVES, MOVE_ORDER, type Need, type Status, type TransitionName } from './statuses.ts';

/** A change of status that staff can make to some of several tickets; the desk decides for each of them. */
export interface BulkMove {
  name: TransitionName;
  to: Status;
  needs: readonly Need[];
  grave: boolean;
}

/** The changes of status that fit at least one of these statuses, the most wanted first. */
export function movesFor(statuses: Iterable<Status>): BulkMove[] {
  const there = [...statuses];
  return TRANSITIONS.filter(
    ({ by, from }) => by.includes('coordinator') && there.some((status) => from.includes(status)),
  )
    .map(({ name, to, needs }) => ({ name, to, needs, grave: GRAVE_MOVES.includes(name) }))
    .sort((a, b) => MOVE_ORDER.indexOf(a.name) - MOVE_ORDER.indexOf(b.name));
}
