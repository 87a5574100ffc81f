import { firstName, type Status, type TicketEvent, type TransitionName } from './statuses.ts';
import type { Texts } from './texts/en.ts';

type Facts = { status: Status; assignee: { name: string } | null; status_reason?: string | null | undefined };

/** One sentence that tells its requester how a ticket stands. */
export function sayStatus({ status, assignee, status_reason }: Facts, { mine: { say } }: Texts): string {
  const who = assignee ? firstName(assignee.name) : null;
  switch (status) {
    case 'in_progress':
    case 'pending':
    case 'resolved':
      return say[status](who);
    case 'on_hold':
    case 'rejected':
      return say[status](status_reason ?? null);
    default:
      return say[status];
  }
}

/** What happens next and whether the requester has to do anything, below the heading of the ticket page. */
export function sayNext({ status, assignee, status_reason }: Facts, { tracker: { text } }: Texts): string[] {
  const who = assignee ? firstName(assignee.name) : null;
  switch (status) {
    case 'in_progress':
    case 'pending':
      return [text[status](who)];
    case 'on_hold':
    case 'rejected':
      return [...(status_reason ? [status_reason] : []), text[status]];
    default:
      return [text[status]];
  }
}

/** The transition that an event tells of; null for any other event. */
export function moveOf(event: Pick<TicketEvent, 'type' | 'data'>, texts: Texts): TransitionName | null {
  const known = texts.events.moves;
  const names = [event.data['transition'], event.data['name'], event.type];
  return names.find((name): name is TransitionName => typeof name === 'string' && Object.hasOwn(known, name)) ?? null;
}

/** Who did what an event tells of, by name; the desk or the workflow system where it was no person. */
export function nameOf({ actor, channel }: Pick<TicketEvent, 'actor' | 'channel'>, { events }: Texts): string {
  return actor?.name ?? (channel === 'workflow' ? events.workflow : events.desk);
}

/** An event in one line: who did what, with its reason. `who` is already a name. */
export function sayEvent(event: Pick<TicketEvent, 'type' | 'data'>, who: string, texts: Texts): string {
  const { events } = texts;
  const move = moveOf(event, texts);
  const reason = text(event.data['reason']);
  if (move === 'approve') return withHow(events.moves.approve(who), event.data, texts);
  if (move) return reason ? events.because(events.moves[move](who), reason) : events.moves[move](who);
  if (/open|creat|submi/.test(event.type)) return events.opened(who);
  if (event.type === 'workflow_failed') return events.workflowFailed(reason);
  if (event.type === 'workflow_retried') return events.workflowRetried(who);
  if (event.type === 'comment_released') return events.released(who);
  if (event.type === 'comment_taken_back') return events.taken(who);
  if (event.type === 'comment_rescheduled') return events.rescheduled(who);
  if (event.type === 'participant_added') return events.joined(who, text(event.data['to']));
  if (event.type === 'participant_removed') return events.left(who, text(event.data['to']));
  if (event.type === 'participant_declined') return events.declined(who);
  if (event.type === 'comment_edited') return events.edited(who);
  if (/note|internal/.test(event.type) || event.data['visibility'] === 'internal') return events.noted(who);
  if (/comment|repl/.test(event.type)) return events.replied(who);
  const to = text(event.data['to']);
  if (/assign/.test(event.type)) return to ? events.assigned(who, to) : events.unassigned(who);
  return events.other(who, event.type.replaceAll(/[._-]/g, ' '));
}

function withHow(what: string, data: TicketEvent['data'], texts: Texts): string {
  const priority = text(data['priority']);
  const named = Object.hasOwn(texts.priority, priority)
    ? texts.priority[priority as keyof Texts['priority']]
    : priority;
  const how = [named, text(data['category'])].filter(Boolean);
  return how.length > 0 ? texts.events.as(what, texts.list(how)) : what;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
