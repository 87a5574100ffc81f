import { z } from 'zod';
import type { Scope } from '../people/scopes.ts';
import type { Role } from '../tickets/lifecycle.ts';
import type { LimitName } from './limits.ts';
import { PATHS, type RouteName } from './paths.ts';

/** `anyone` needs no sign-in; the others name the roles that may call it (what they see is decided per object). */
export type Access = 'anyone' | readonly Role[];

/** The one file of a form, held in memory. */
export interface SmallFile {
  field: string;
  bytes: number;
}

/** One operation of the HTTP API as data: the server, OpenAPI and the typed client all read it. */
export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  summary: string;
  access: Access;
  params: P;
  query: Q;
  body: B;
  response: R;
  /** Status of success. */
  status: 200 | 201 | 202 | 204 | 302;
  /** json unless said: `multipart` also takes files in the field `attachments`; `raw` takes the bytes as they are. */
  takes: 'json' | 'multipart' | 'raw';
  /** json unless said: a stream is sent with its own headers. */
  gives: 'json' | 'stream';
  /** Exists in local mode only. */
  local: boolean;
  /** The scope that lets an API key call it; null: sessions only. */
  scope: Scope | null;
  /** Needs a sign-in of the last quarter of an hour (ASVS 7.5.1); else 403 `reauthentication_required`. */
  recent: boolean;
  /** Open to a session that must set up its second factor first. */
  enrolment: boolean;
  /** Limits it counts against, beside those of everybody who is signed in (`limitsOf`). */
  limits: readonly LimitName[];
  /** Of `takes: 'raw'`: the content types and most bytes it takes; a message (RFC 5322) unless said. */
  raw: { types: readonly string[]; bytes: number } | null;
  /** Of `takes: 'raw'`: the handler takes the bytes while they come; they are never in memory together. */
  streamed: boolean;
  /** Of `takes: 'multipart'`: the one small file that it takes instead of `attachments`; `body` has it as bytes. */
  file: SmallFile | null;
  /** Its request or its answer holds a secret (password, token, key, code): it is never stored, so it takes no Idempotency-Key. */
  secret: boolean;
}

export const EVERYONE = ['employee', 'coordinator', 'admin'] as const;
export const STAFF = ['coordinator', 'admin'] as const;
export const ADMINS = ['admin'] as const;

const nothing = z.strictObject({});
type Nothing = typeof nothing;

type Given<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> = Pick<
  Route<P, Q, B, R>,
  'summary' | 'access' | 'response'
> &
  Partial<Route<P, Q, B, R>>;

/** Fills what an operation does not say: no params, no query, no body, JSON both ways, 200. */
export function route<
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
  R extends z.ZodType = z.ZodType,
>(given: Given<P, Q, B, R>): Route<P, Q, B, R> {
  const defaults = {
    params: nothing,
    query: nothing,
    body: nothing,
    status: 200,
    takes: 'json',
    gives: 'json',
    local: false,
    scope: null,
    recent: false,
    enrolment: false,
    limits: [],
    raw: null,
    streamed: false,
    file: null,
    secret: false,
  };
  return { ...defaults, ...given } as Route<P, Q, B, R>;
}

/** Every limit that a request to a route counts against. */
export function limitsOf({ access, takes, limits }: Route): readonly LimitName[] {
  if (access === 'anyone') return limits;
  return [...limits, ...(takes === 'json' ? [] : (['upload'] as const)), 'api'];
}

/** Whether a change may name the version that it was made for: as `version` in the body, or by the header If-Match. */
export function takesVersion({ body }: Route): boolean {
  return body instanceof z.ZodObject && 'version' in body.shape;
}

/** Method and path of an operation. */
export function pathOf(name: RouteName): { method: string; path: string } {
  const [method, path] = PATHS[name];
  return { method, path };
}

/** A whole number as text, in the one way that we write it: Number() takes 0x1, 1e3 and blanks too. */
export const digits = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().max(most, `must be at most ${most}`));

export const id = digits(Number.MAX_SAFE_INTEGER);
/** Rows of one page. */
export const limit = digits(100);
export const idParams = z.strictObject({ id });
