/** Why a source as a whole cannot be asked: nothing that one message could do anything about, so it counts against none. */
export type Trouble =
  /** Network, server errors, throttling: it goes on by itself. */
  | 'unreachable'
  /** The credentials do not work any more: a person must renew them. Mail waits at the source. */
  | 'auth'
  /** The account lets us in, but not do this. */
  | 'permission'
  /** The quota of a day is used up. */
  | 'quota';

/** A source cannot be asked now. `until`: not before; null: whenever the next turn comes. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
  readonly trouble: Trouble;
  readonly until: Date | null;

  constructor(trouble: Trouble, message: string, until: Date | null = null, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
    this.until = until;
  }
}
