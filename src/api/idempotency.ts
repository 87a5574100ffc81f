import { createHash } from 'node:crypto';
import type { RouterContext } from '@koa/router';
import type { RouteName } from '../contract/paths.ts';
import { takesIdempotencyKey } from '../contract/idempotency.ts';
import { keepAnswer, takeKey, type KeyedRequest } from '../db/idempotency.ts';
import type { Transaction } from '../db/transaction.ts';
import { fieldError } from '../errors.ts';
import { faultPoint } from '../fault-point.ts';
import type { Employee } from '../people/employee.ts';
import type { NewFile } from '../tickets/new-comment.ts';

/** An answer as JSON, with the version of the object that it shows. */
export interface Answer {
  json: string;
  version: number | null;
}

export interface Reply extends Answer {
  /** It is the one that was given before. */
  replayed: boolean;
}

const HEADER = 'Idempotency-Key';

/** A string of Structured Fields (RFC 8941 §3.3.3), as draft-ietf-httpapi-idempotency-key-header has it, or the bare value that most clients send. */
const KEY = /^(?:"([ !#-[\]-~]{1,255})"|([!#-~]{1,255}))$/;

/** The key of a POST; null: it has none. 400 for one that is not well-formed, and where none is taken: nobody shall rely on what is not there. */
export function readKey(ctx: RouterContext, name: RouteName): string | null {
  const given = ctx.get(HEADER);
  if (ctx.method !== 'POST' || (given === '' && !(HEADER.toLowerCase() in ctx.headers))) return null;
  if (!takesIdempotencyKey(name)) throw fieldError(HEADER, 'is not taken here: this answer is never stored');
  const [, quoted, bare] = KEY.exec(given) ?? [];
  const key = quoted ?? bare;
  if (key === undefined) throw fieldError(HEADER, 'must be 1 to 255 printable ASCII characters, once');
  return key;
}

interface Once {
  name: RouteName;
  key: string | null;
  actor: Employee;
  call: { params: unknown; query: unknown; body: unknown; files: readonly NewFile[] };
}

/** Does what a request asks for, or gives the answer that its key got before. */
export async function once(tx: Transaction, given: Once, work: () => Promise<Answer>): Promise<Reply> {
  const { key, actor, name } = given;
  if (key === null) return { ...(await work()), replayed: false };
  const request: KeyedRequest = { employeeId: actor.id, route: name, key, hash: requestHash(given) };
  const earlier = await takeKey(tx, request);
  if (earlier !== null) return { json: earlier, version: null, replayed: true };
  const answer = await work();
  await keepAnswer(tx, request, answer.json);
  faultPoint('I1');
  return { ...answer, replayed: false };
}

/** The parsed request, so that another boundary of the same form is the same request; and the role, as answers depend on it. */
function requestHash({ actor, call }: Once): string {
  const files = call.files.map(({ sha256, filename, contentType }) => [sha256, filename, contentType]);
  const asked = JSON.stringify([actor.role, call.params, call.query, call.body, files]);
  return createHash('sha256').update(asked).digest('hex');
}
