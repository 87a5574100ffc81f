import type { Input } from '#contract/client.ts';
import { changeStatus } from './change-status.ts';
import { until } from './desk-time.ts';
import { Loaded } from './loaded.svelte.ts';
import { watch } from './live.svelte.ts';
import { whileVisible } from './poll.svelte.ts';
import { ask } from './session.svelte.ts';
import { GRAVE_MOVES, type Ticket, type Transition, type TransitionName } from './statuses.ts';
import { t } from './texts.svelte.ts';
import { say } from './toasts.svelte.ts';
import { troubleOf } from './trouble.ts';

export type TicketChanges = Exclude<NonNullable<Input<'changeTicket'>['body']>, string | Blob | FormData>;

/** Milliseconds in which a reply whose time has come is on its way. */
const MOMENT = 500;
/** A timer cannot wait for weeks. */
const LONGEST = 3600_000;

/** A ticket on screen: read again and again, changed by its buttons, told when somebody else was faster. */
export class OpenTicket {
  readonly loaded: Loaded<Ticket>;
  /** The change of status whose needs are being asked for. */
  asking = $state.raw<Transition | null>(null);
  /** The change of status that is under way. */
  moving = $state.raw<TransitionName | null>(null);
  notice = $state('');
  /** The newest comment that was there when the reader last looked; null before the first one. */
  seen = $state.raw<number | null>(null);

  readonly #id: number;

  constructor(id: number) {
    this.#id = id;
    this.loaded = new Loaded(() => ask('readTicket', { params: { id: String(id) } }));
  }

  get ticket(): Ticket | undefined {
    return this.loaded.value;
  }

  async load(): Promise<number | void> {
    const wait = await this.loaded.load();
    if (this.seen === null) this.see();
    return wait;
  }

  /** Reads it now, and keeps it fresh while the page is visible. For an effect: returns how to stop. */
  keepFresh(): () => void {
    void this.load();
    const live = watch('readTicket', { params: { id: String(this.#id) } }, (ticket) => {
      // What was changed here since is newer than an answer that was under way.
      if (this.moving === null && (this.ticket?.version ?? 0) <= ticket.version) this.#show(ticket);
    });
    return whileVisible(5, async () => (this.loaded.problem ? undefined : this.load()), live);
  }

  /** Reads it again when the next reply that waits has gone out. For an effect: returns how to stop. */
  wakeForReplies(): () => void {
    const times = this.ticket?.conversation.flatMap(({ held_until: time }) => (time === null ? [] : [until(time)]));
    if (!times || times.length === 0) return () => undefined;
    const timer = setTimeout(() => void this.load(), Math.min(Math.max(0, Math.min(...times)) + MOMENT, LONGEST));
    return () => clearTimeout(timer);
  }

  #show(ticket: Ticket): void {
    this.loaded.set(ticket);
    if (this.seen === null) this.see();
  }

  /** The reader has seen all there is. */
  see(): void {
    this.seen = this.ticket ? Math.max(0, ...this.ticket.conversation.map(({ id }) => id)) : null;
  }

  isFresh = (comment: { id: number }): boolean => this.seen !== null && comment.id > this.seen;

  move(name: TransitionName): Transition | undefined {
    return this.ticket?.transitions.find((transition) => transition.name === name);
  }

  /** Makes a change of status, or asks first for what it needs. True when it is made. */
  async make(transition: Transition): Promise<boolean> {
    if (!this.ticket || this.moving) return false;
    if (transition.needs.length > 0 || GRAVE_MOVES.includes(transition.name)) {
      this.asking = transition;
      return false;
    }
    this.moving = transition.name;
    const outcome = await changeStatus(this.ticket, transition);
    this.moving = null;
    if (outcome.kind === 'done') this.take(outcome.ticket);
    else if (outcome.kind === 'conflict') await this.meet();
    else this.notice = outcome.trouble && t().ticket.notSaved(outcome.trouble);
    return outcome.kind === 'done';
  }

  /** Changes what it is about, how urgent it is or who has it, as its reader saw it; `done` says what was done. */
  async change(changes: TicketChanges, done: string): Promise<void> {
    if (!this.ticket) return;
    const { version } = this.ticket;
    try {
      this.take(await ask('changeTicket', { params: { id: String(this.#id) }, body: { ...changes, version } }));
      say(`${this.ticket.ticket_number}: ${done}`);
    } catch (error) {
      const { words, conflict } = troubleOf(error);
      if (conflict) await this.meet();
      else if (words) say(words, 'alert');
    }
  }

  /** Shows the ticket as it is after a change. */
  take(ticket: Ticket): void {
    this.loaded.set(ticket);
    this.asking = null;
    this.notice = '';
  }

  /** Somebody was faster: says so, reads the ticket again, and goes on asking only if the change is still possible. */
  async meet(): Promise<void> {
    await this.loaded.load();
    const still = this.asking && this.move(this.asking.name);
    this.notice = still || !this.asking ? t().ticket.changedMeanwhile : t().ticket.notPossible;
    this.asking = still ?? null;
  }
}
