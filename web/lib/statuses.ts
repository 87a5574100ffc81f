import type { Output } from '#contract/client.ts';

export type Ticket = Output<'readTicket'>;
export type TicketSummary = Output<'listTickets'>['results'][number];
export type Comment = Ticket['conversation'][number];
export type TicketEvent = Ticket['events'][number];
export type Person = TicketSummary['requester'];
export type Status = TicketSummary['status'];
export type Priority = NonNullable<TicketSummary['priority']>;
export type Transition = Ticket['transitions'][number];
export type TransitionName = Transition['name'];
export type Need = Transition['needs'][number];
export type Delivery = Comment['deliveries'][number];
export type Attachment = Comment['attachments'][number];

/** Whose move it is: the hue of a status. */
export type Hue = 'ours' | 'theirs' | 'done' | 'over' | 'danger';

/** The hue says whose move it is, the glyph says which status. */
export const STATUS_HUES: Record<Status, Hue> = {
  new: 'ours',
  open: 'ours',
  in_progress: 'ours',
  pending: 'theirs',
  on_hold: 'theirs',
  resolved: 'done',
  closed: 'over',
  rejected: 'danger',
  withdrawn: 'over',
};

/** In which group of their own list employees find a ticket. */
export type OwnGroup = 'answer' | 'check' | 'us' | 'over';
export const OWN_GROUPS: Record<Status, OwnGroup> = {
  pending: 'answer',
  resolved: 'check',
  new: 'us',
  open: 'us',
  in_progress: 'us',
  on_hold: 'us',
  closed: 'over',
  rejected: 'over',
  withdrawn: 'over',
};

/** Bars of the priority glyph that are filled, of four. */
export const PRIORITY_BARS: Record<Priority, number> = { critical: 4, high: 3, medium: 2, low: 1 };

/** The order of the buttons, the most wanted first. */
export const MOVE_ORDER: readonly TransitionName[] = [
  'approve',
  'claim',
  'resolve',
  'close',
  'resume',
  'reopen',
  'start',
  'wait',
  'hold',
  'reject',
  'withdraw',
];

/** These end a ticket against someone's wish: asked before, in red. */
export const GRAVE_MOVES: readonly TransitionName[] = ['reject', 'withdraw'];

/** The initials of a name, two at most. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s@._-]+/u)
    .filter(Boolean);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** The name that one calls somebody by. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}

/** Category and sub-category in one line; null when there is none. */
export function categoryLine(ticket: Pick<TicketSummary, 'category' | 'sub_category'>): string | null {
  if (!ticket.category) return null;
  return ticket.sub_category ? `${ticket.category} › ${ticket.sub_category}` : ticket.category;
}
