import type { Input } from '#contract/client.ts';
import { fieldFaults, problemOf, sayProblem } from './problem-words.ts';
import { ask } from './session.svelte.ts';
import type { Need, Ticket, Transition } from './statuses.ts';
import { t } from './texts.svelte.ts';

export type Given = Partial<Record<Need, string>>;

/** What became of a change of status. `conflict`: somebody was faster, look again. */
export type Outcome =
  { kind: 'done'; ticket: Ticket } | { kind: 'conflict' } | { kind: 'refused'; faults: Given; trouble: string };

/** Changes the status of a ticket as its reader saw it; never over a change of somebody else. */
export async function changeStatus(ticket: Ticket, transition: Transition, given: Given = {}): Promise<Outcome> {
  const { assignee, ...words } = given;
  const body = {
    name: transition.name,
    version: ticket.version,
    ...words,
    ...(assignee && { assignee: Number(assignee) }),
  };
  try {
    const changed = await ask('transitionTicket', {
      params: { id: String(ticket.id) },
      body: body as NonNullable<Input<'transitionTicket'>['body']>,
    });
    return { kind: 'done', ticket: changed };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 409) return { kind: 'conflict' };
    const faults = fieldFaults(problem);
    const shown = transition.needs.some((need) => faults[need]);
    return { kind: 'refused', faults, trouble: shown || problem.status === 401 ? '' : sayProblem(problem, t()) };
  }
}
