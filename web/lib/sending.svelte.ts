/* eslint svelte/prefer-svelte-reactivity: off -- nobody watches the map */
import type { Output } from '#contract/client.ts';
import { until } from './desk-time.ts';
import { whenForgetting } from './forget.ts';
import { problemOf } from './problem-words.ts';
import { go } from './router.svelte.ts';
import { pathTo } from './routes.ts';
import { ask } from './session.svelte.ts';
import type { Comment } from './statuses.ts';
import { t } from './texts.svelte.ts';
import { say } from './toasts.svelte.ts';
import { troubleOf } from './trouble.ts';

/** A reply of one's own that waits to go out. */
export interface Waiting {
  ticket: { id: number; ticket_number: string };
  comment: number;
  /** ISO time, by the clock of the desk. */
  until: string;
}

/** Where the words of a reply that is taken back are written on. */
export interface Writer {
  /** Nothing that was typed meanwhile may be lost. */
  settle(): Promise<void>;
  take(draft: Output<'takeBackComment'>): void;
}

let newest = $state.raw<Waiting | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;
const writers = new Map<number, Writer>();

/** The newest reply that waits for its time to be taken back, or null. */
export const sending = (): Waiting | null => newest;

/** A reply has been written that goes out in a moment. */
export function noteSending(waiting: Waiting | null): void {
  clearTimeout(timer);
  newest = waiting;
  if (waiting) timer = setTimeout(() => (newest = null), Math.max(0, until(waiting.until)));
}

/** Has the words of replies that are taken back come to an open ticket. For an effect: returns how to stop. */
export function writeOn(ticketId: number, writer: Writer): () => void {
  writers.set(ticketId, writer);
  return () => void writers.delete(ticketId);
}

/** Takes a reply back: it is a draft again, and the ticket is opened where that is written on. */
export async function takeBack({ ticket, comment }: Waiting): Promise<void> {
  await writers.get(ticket.id)?.settle();
  const params = { id: String(ticket.id), comment: String(comment) };
  const draft = await attempt(comment, () => ask('takeBackComment', { params }));
  if (!draft) return;
  say(t().writing.takenBack);
  const writer = writers.get(ticket.id);
  if (writer) writer.take(draft);
  else go(pathTo.ticket(ticket.id));
}

/** Gives a reply that waits another time; null: it goes out now. The comment as it is then; null when that was too late. */
export async function sendAt({ ticket, comment }: Waiting, time: string | null): Promise<Comment | null> {
  const params = { id: String(ticket.id), comment: String(comment) };
  const changed = await attempt(comment, () => ask('editComment', { params, body: { send_at: time } }));
  if (changed && time === null) say(t().composer.sent);
  return changed;
}

/** What has gone out is not taken back: that is said. */
async function attempt<T>(comment: number, work: () => Promise<T>): Promise<T | null> {
  try {
    const done = await work();
    if (newest?.comment === comment) noteSending(null);
    return done;
  } catch (error) {
    const gone = problemOf(error).status === 409;
    if (gone && newest?.comment === comment) noteSending(null);
    say(gone ? t().writing.tooLate : troubleOf(error).words, 'alert');
    return null;
  }
}

whenForgetting(() => noteSending(null));
