import { type Output } from '#contract/client.ts';
import { whenForgetting } from './forget.ts';
import { ask } from './session.svelte.ts';

export type Desk = Output<'desk'>;
export type Options = Output<'options'>;

let about = $state.raw<Desk | null>(null);
let reading: Promise<Options> | null = null;

/** What the desk says of itself; null until it has. */
export const desk = (): Desk | null => about;

/** Asks the desk what it is. */
export async function readDesk(): Promise<void> {
  about = await ask('desk');
}

/** Categories, priorities, staff and limits; read once per person. A failure is tried again at the next call. */
export function readOptions(): Promise<Options> {
  reading ??= ask('options').catch((error: unknown) => {
    reading = null;
    throw error;
  });
  return reading;
}

whenForgetting(() => (reading = null));
