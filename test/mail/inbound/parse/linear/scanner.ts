/** A function that reads what strangers wrote, with what would make a careless one look twice. */
export interface Scanner {
  /** Given bytes already when it reads bytes: making them is not what is measured. */
  text?: (input: string) => unknown;
  bytes?: (input: Buffer) => unknown;
  /** Repeated to the size wanted. */
  patterns: readonly string[];
  /** Beyond this a limit ends the work. */
  largest?: number;
}
