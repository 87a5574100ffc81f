import { createHash } from 'node:crypto';
import type { RouterContext } from '@koa/router';
import { fieldError } from '../errors.ts';
import type { Reply } from './idempotency.ts';

/** Sends an answer. A GET carries an entity tag, and is 304 to who has this answer already (RFC 9110 §13.1.2). */
export function sendReply(ctx: RouterContext, status: number, { json, version, replayed }: Reply): void {
  ctx.status = status;
  ctx.type = 'application/json; charset=utf-8';
  ctx.body = json;
  if (replayed) ctx.set('Idempotent-Replayed', 'true');
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return;
  if (isKnown(ctx, entityTag(json, version))) ctx.status = 304;
}

/**
 * Sets the entity tag of an answer, and says whether the client has that one: If-None-Match, compared weakly (RFC 9110 §13.1.2). Not by
 * Koa's `fresh`, which takes a request's Cache-Control for a refusal: fetch sends one with every condition.
 */
export function isKnown(ctx: RouterContext, tag: string): boolean {
  ctx.set('ETag', tag);
  const given = ctx.get('If-None-Match').trim();
  return given === '*' || given.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}

/** Of these very bytes, so a strong one (RFC 9110 §8.8.1). The version of the object stands in front: If-Match asks for nothing else. */
function entityTag(json: string, version: number | null): string {
  const hash = createHash('sha256').update(json).digest('base64url').slice(0, 22);
  return version === null ? `"${hash}"` : `"${version}-${hash}"`;
}

/** A proxy that compresses makes our tags weak: what counts for a change is the version. */
const VERSIONED = /^(?:W\/)?"(\d{1,9})-[\w-]{22}"$/;

/**
 * The version that a change was made for, from If-Match; null: any. 400 for a tag that is none of ours, and where a change is not bound to a
 * version: a condition that nobody looks at must not be taken.
 */
export function readVersion(ctx: RouterContext, taken: boolean): number | null {
  const given = ctx.get('If-Match').trim();
  if (given === '' || given === '*') return null;
  if (!taken) throw fieldError('If-Match', 'is not taken here');
  const [, version] = VERSIONED.exec(given) ?? [];
  if (version === undefined) throw fieldError('If-Match', 'must be the one ETag that the object was read with');
  return Number(version);
}
