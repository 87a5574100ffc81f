import { isCancelled } from './confirm.svelte.ts';
import { fieldFaults, problemOf, sayProblem } from './problem-words.ts';
import { t } from './texts.svelte.ts';

/** What went wrong with something that was sent: faults by field, and words for the rest; '' when nothing is to be said. */
export interface Trouble {
  faults: Record<string, string>;
  words: string;
  /** Somebody else was faster. */
  conflict: boolean;
}

export const NO_TROUBLE: Trouble = { faults: {}, words: '', conflict: false };

/** Tells faults that have a field on screen (`shown`) from all others, which need words of their own. */
export function troubleOf(error: unknown, shown: readonly string[] = []): Trouble {
  const problem = problemOf(error);
  // Whoever has to sign in again is told so on that page; whoever changed their mind knows.
  if (problem.status === 401 || isCancelled(error)) return NO_TROUBLE;
  const conflict = problem.code === 'version_conflict';
  const faults = Object.fromEntries(Object.entries(fieldFaults(problem)).filter(([field]) => shown.includes(field)));
  const told = Object.keys(faults).length > 0;
  return { faults, words: told ? '' : conflict ? t().failure.conflict : sayProblem(problem, t()), conflict };
}
