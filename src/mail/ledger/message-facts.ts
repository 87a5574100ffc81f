import type { SenderAuthentication } from '../inbound/inbound-mail.ts';
import type { InboundMessage } from '../inbound/inbound-message.ts';

/** What became of a message before, or what a person did with it. */
export interface PastStep {
  /** ISO 8601 in UTC */
  at: string;
  what: 'judged' | 'retried' | 'ordered' | 'discarded';
  state: InboundMessage['state'] | null;
  reason: string | null;
  /** id of the person who did it; null: the rules. */
  by: number | null;
}

/** Whether the outcome of this moment is a person's: then it stands among the steps already. */
export function endedByHand(steps: readonly PastStep[], finishedAt: string): boolean {
  return steps.some(({ what, at }) => what === 'discarded' && at === finishedAt);
}

/** The `facts` of a row of the ledger: what was known when it was judged, and what people did with it. */
export interface MessageFacts {
  authentication?: SenderAuthentication;
  fromSource?: string;
  token?: string;
  /** Why it counts as written by a machine, a line for each rule that fired. */
  class?: readonly string[];
  /** Who said that it becomes a ticket. */
  order?: { by: number };
  /** Oldest first; the outcome in force stands in the row itself. */
  steps?: readonly PastStep[];
}
