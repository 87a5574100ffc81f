import { ApiError, type Problem } from '#contract/client.ts';
import type { Texts } from './texts/en.ts';

/** What went wrong, as the API says it; anything that is not an answer of the API counts as a mistake of the desk. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { status: 500, error: String(error), code: 'internal_error', details: {}, retryAfter: null };
}

/** A refusal in words for people, without codes or numbers. */
export function sayProblem({ status, error }: Problem, { failure }: Texts): string {
  if (status === 0) return failure.offline;
  if (status === 413) return failure.tooLarge;
  if (status === 429) return failure.tooMany;
  if (status === 503) return failure.unavailable;
  if (status === 403) return failure.noAccess;
  if (status === 404) return failure.notFound;
  return status >= 500 ? failure.server : error;
}

/** How long to wait before the next try. */
export function waitOf({ retryAfter }: Problem, { time }: Texts): string {
  return time.minutes(Math.ceil((retryAfter ?? 60) / 60));
}

/** The faults of fields in the answer to invalid input: name of the field → first fault. */
export function fieldFaults({ status, details }: Problem): Record<string, string> {
  if (status !== 400) return {};
  return Object.fromEntries(
    Object.entries(details).flatMap(([field, faults]) => {
      const first: unknown = Array.isArray(faults) ? faults[0] : faults;
      return typeof first === 'string' ? [[field, first]] : [];
    }),
  );
}
