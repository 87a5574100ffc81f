import { z } from 'zod';

/** Operations whose answers can be watched: a new one comes whenever it is another one. */
export const LIVE = ['listTickets', 'readTicket', 'countTickets'] as const;
export type LiveName = (typeof LIVE)[number];

const values = z.record(z.string().max(50), z.string().max(500)).default({});
const id = z.int().min(1).max(1_000_000_000);

/** What a browser says. The token comes in a message, as addresses are logged; a newer one renews it. */
export const LiveAsk = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('sign-in'), token: z.string().min(1).max(4000) }),
  z.strictObject({ do: z.literal('watch'), id, operation: z.enum(LIVE), params: values, query: values }),
  z.strictObject({ do: z.literal('unwatch'), id }),
]);
export type LiveAsk = z.input<typeof LiveAsk>;

/** What the desk says. `answer`: the body that the operation would give now. `refused`: it would be refused, and is watched no more. */
export type LiveTold =
  | { is: 'ready' }
  | { is: 'answer'; id: number; body: unknown }
  | { is: 'refused'; id: number; status: number; code: string };
