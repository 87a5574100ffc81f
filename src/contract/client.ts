import type { z } from 'zod';
import { PATHS, type RouteName } from './paths.ts';
import type { Routes } from './routes.ts';

export type Input<N extends RouteName> = {
  params?: z.input<Routes[N]['params']>;
  query?: z.input<Routes[N]['query']>;
  body?: z.input<Routes[N]['body']> | FormData | Blob | string;
};
export type Output<N extends RouteName> = z.output<Routes[N]['response']>;

/** What the API answers when it refuses (house shape of every error). */
export interface Problem {
  status: number;
  error: string;
  code: string;
  details: Record<string, unknown>;
  /** seconds, when the API says when to come back */
  retryAfter: number | null;
}

/** The API refused, or could not be reached (`status` 0, code `offline`). */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.error);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** The path of an operation with its parameters filled in. */
export function urlOf<N extends RouteName>(name: N, { params, query }: Input<N> = {}): string {
  const path = PATHS[name][1].replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(field(params, key))));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(key, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

function field(of: unknown, key: string): unknown {
  return (of as Record<string, unknown> | undefined)?.[key];
}

/** Calls one operation. `fetch` adds sign-in; a body that is not FormData, Blob or string goes as JSON. */
export async function call<N extends RouteName>(
  name: N,
  input: Input<N> = {},
  { base = '', fetch = globalThis.fetch, headers = {} as Record<string, string> } = {},
): Promise<Output<N>> {
  const plain =
    input.body === undefined ||
    input.body instanceof FormData ||
    input.body instanceof Blob ||
    typeof input.body === 'string';
  const response = await fetch(base + urlOf(name, input), {
    method: PATHS[name][0],
    headers: plain ? headers : { 'content-type': 'application/json', ...headers },
    ...(input.body !== undefined && {
      body: plain ? (input.body as FormData | Blob | string) : JSON.stringify(input.body),
    }),
  }).catch(() => {
    throw new ApiError({
      status: 0,
      error: 'The desk cannot be reached',
      code: 'offline',
      details: {},
      retryAfter: null,
    });
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as Output<N>;
  throw new ApiError({
    status: response.status,
    error: String(field(answer, 'error') ?? response.statusText),
    code: String(field(answer, 'code') ?? 'unknown'),
    details: (field(answer, 'details') ?? {}) as Record<string, unknown>,
    retryAfter: Number(response.headers.get('retry-after')) || null,
  });
}
