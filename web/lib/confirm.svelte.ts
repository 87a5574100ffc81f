import { ApiError, type Input, type Output } from '#contract/client.ts';
import type { RouteName } from '#contract/paths.ts';
import { whenForgetting } from './forget.ts';
import { problemOf } from './problem-words.ts';
import { ask } from './session.svelte.ts';

interface Waiting {
  confirmed: () => void;
  cancelled: () => void;
}

let waiting = $state.raw<Waiting | null>(null);

/** Somebody is asked to confirm who they are; null: nobody is. */
export const confirming = (): Waiting | null => waiting;

/** Calls an operation that needs a recent sign-in; asks for it where it is an older one, and goes on. Throws ApiError, with the code `cancelled` when the person would not. */
export async function askRecent<N extends RouteName>(name: N, input: Input<N> = {}): Promise<Output<N>> {
  try {
    return await ask(name, input);
  } catch (error) {
    if (problemOf(error).code !== 'reauthentication_required') throw error;
    await confirmation();
    return ask(name, input);
  }
}

/** Whether somebody changed their mind instead of confirming. */
export const isCancelled = (error: unknown): boolean => problemOf(error).code === 'cancelled';

function confirmation(): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void) => () => {
      waiting = null;
      then();
    };
    const refusal = new ApiError({ status: 0, error: 'Cancelled', code: 'cancelled', details: {}, retryAfter: null });
    waiting = { confirmed: end(resolve), cancelled: end(() => reject(refusal)) };
  });
}

whenForgetting(() => (waiting = null));
