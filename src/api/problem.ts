import type { Context, Next } from 'koa';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';

/** Seconds after which a client may ask again when it was refused for load. */
const RETRY_AFTER = 5;

/** Turns every failure into the one error shape; what is not an AppError is a bug: logged whole, told as nothing. */
export function problem(log: Log) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next();
    } catch (error) {
      const known = asAppError(error);
      if (!known || isFull(error))
        log.error({ err: error, requestId: ctx.state['requestId'] as string }, 'request failed');
      const told = known ?? new AppError('internal_error', 'Internal server error');
      ctx.status = told.status;
      if (told.code === 'unavailable' || told.code === 'rate_limited')
        ctx.set('Retry-After', String(told.details['retry_after'] ?? RETRY_AFTER));
      if (told.status === 401) ctx.set('WWW-Authenticate', 'Bearer'); // RFC 9110 §11.6.1
      ctx.body = { error: told.message, code: told.code, details: told.details };
    }
  };
}

/** A disk, ours or PostgreSQL's (53100), that takes no more: whoever runs the desk must hear of it. */
const FULL = /^(ENOSPC|EDQUOT|EFBIG|53100)$/;
const isFull = (error: unknown) => error instanceof Error && 'code' in error && FULL.test(String(error.code));

/** PostgreSQL away, starting, or out of connections. */
const AWAY =
  /ECONNREFUSED|ECONNRESET|57P0[123]|53300|Connection terminated|connection error|timeout exceeded when trying to connect/;

function asAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return null;
  if (error instanceof URIError) return new AppError('malformed_request', 'The address has a bad percent escape');
  if (isFull(error))
    return new AppError(
      'unavailable',
      'The desk has no room right now. Nothing was stored: tell an admin, and try again.',
    );
  const code = 'code' in error ? String(error.code) : '';
  if (AWAY.test(`${code} ${error.message}`))
    return new AppError('unavailable', 'The desk is not available right now. Nothing is lost.');
  return null;
}
