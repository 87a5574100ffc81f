import type { RouteName } from '../../contract/paths.ts';
import { LIVE, type LiveName } from '../../contract/live.ts';
import type { Claim } from '../../people/authenticate.ts';

/** Values of a path and a query, as they would stand in an address. */
export interface LiveInput {
  params: Record<string, string>;
  query: Record<string, string>;
}

/** The answer of an operation now, as JSON, for who claims to ask; throws AppError as the route would. */
export type LiveAnswer = (claim: Claim, input: LiveInput) => Promise<string>;

/** The operations that can be watched, as their routes were mounted. */
export type LiveAnswers = Map<LiveName, LiveAnswer>;

export const isLive = (name: RouteName): name is LiveName & RouteName => LIVE.some((live) => live === name);
