/**
 * The life of a ticket, written down once. The database CHECK, `transitionTicket`, the API, mail commands and the portal's
 * buttons all read this table; nobody else spells out a status change. Browser-safe: imports nothing.
 */
export const STATUSES = [
  'new',
  'open',
  'in_progress',
  'pending',
  'on_hold',
  'resolved',
  'closed',
  'rejected',
  'withdrawn',
] as const;
export type Status = (typeof STATUSES)[number];

export const ROLES = ['employee', 'coordinator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts on a ticket: its requester, staff by role, the desk itself, or the workflow system that works on it. */
export type Actor = 'requester' | 'coordinator' | 'admin' | 'system' | 'workflow';

/** What a transition must be given, by the name of the field in the API. */
export type Need = 'priority' | 'category' | 'reason' | 'comment' | 'assignee';

const STAFF = ['coordinator', 'admin'] as const;
const WORKERS = [...STAFF, 'workflow'] as const;

// prettier-ignore
const TABLE = [
  // name       from                                         to             by                                    needs
  ['approve',  ['new'],                                      'open',        STAFF,                                ['priority', 'category']],
  ['reject',   ['new'],                                      'rejected',    STAFF,                                ['reason']],
  ['claim',    ['open'],                                     'in_progress', STAFF,                                []],
  ['start',    ['open'],                                     'in_progress', WORKERS,                              ['assignee']],
  ['wait',     ['open', 'in_progress'],                      'pending',     WORKERS,                              []],
  ['hold',     ['open', 'in_progress'],                      'on_hold',     WORKERS,                              ['reason']],
  ['resume',   ['pending', 'on_hold'],                       'in_progress', WORKERS,                              []],
  ['resolve',  ['open', 'in_progress', 'pending', 'on_hold'], 'resolved',   WORKERS,                              ['comment']],
  ['reopen',   ['resolved'],                                 'in_progress', ['requester', ...STAFF],              []],
  ['close',    ['resolved'],                                 'closed',      ['requester', ...STAFF, 'system'],    []],
  ['withdraw', ['new', 'open', 'in_progress', 'pending', 'on_hold'], 'withdrawn', ['requester'],                  []],
] as const satisfies readonly (readonly [string, readonly Status[], Status, readonly Actor[], readonly Need[]])[];

export type TransitionName = (typeof TABLE)[number][0];

export interface Transition {
  name: TransitionName;
  from: readonly Status[];
  to: Status;
  by: readonly Actor[];
  needs: readonly Need[];
}

export const TRANSITIONS: readonly Transition[] = TABLE.map(([name, from, to, by, needs]) => ({
  name,
  from,
  to,
  by,
  needs,
}));
export const TRANSITION_NAMES: readonly TransitionName[] = TABLE.map(([name]) => name);

/** Nothing more happens to these; a requester's mail to one opens a new, linked ticket. */
export const FINAL_STATUSES: readonly Status[] = ['closed', 'rejected', 'withdrawn'];

/** What a requester's reply does to the status, by mail or in the portal. The desk asks nothing back for it. */
export const ON_REQUESTER_REPLY: Partial<Record<Status, TransitionName>> = { pending: 'resume', resolved: 'reopen' };

export function transitionsFrom(status: Status, actors: readonly Actor[]): readonly Transition[] {
  return TRANSITIONS.filter(({ from, by }) => from.includes(status) && by.some((actor) => actors.includes(actor)));
}

export function findTransition(name: TransitionName): Transition {
  const transition = TRANSITIONS.find((candidate) => candidate.name === name);
  if (!transition) throw new Error(`No transition ${name}`);
  return transition;
}
