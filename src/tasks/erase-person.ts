import { z } from 'zod';
import type { Transaction } from '../db/transaction.ts';
import { eraseElsewhere } from '../retention/erase-elsewhere.ts';
import { eraseOnTicket } from '../retention/erase-on-ticket.ts';
import type { Erasure } from '../retention/begin-erasure.ts';
import type { Step } from './kinds.ts';

/** The part that is about no ticket. It goes first: nothing is known of the person behind it but what stands in this task. */
const ELSEWHERE = 0;

const input = z.object({
  personId: z.int(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  words: z.boolean(),
  ticketIds: z.array(z.int()),
}) satisfies z.ZodType<Erasure>;

/** Takes what a person wrote, and who they were, out of everything that is kept of them: a ticket at a time. */
export const erasePerson = {
  input,
  lines: 'none' as const,
  outlives: true as const,
  parts: ({ ticketIds }: Erasure) => [ELSEWHERE, ...ticketIds],
  step: (tx: Transaction, { input: erasure, id }: Step<Erasure>): Promise<void> =>
    id === ELSEWHERE ? eraseElsewhere(tx, erasure) : eraseOnTicket(tx, erasure, id),
};
