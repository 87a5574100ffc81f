import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import { z } from 'zod';
import type { WorkflowConfig } from '../../config/workflow.ts';
import { faultPoint } from '../../fault-point.ts';
import { originOf } from '../../http/destinations.ts';
import { httpCall, HttpFailure, readJson, type HttpAnswer, type HttpCall } from '../../http/http-call.ts';

/** What became of one try. later: nobody was asked, as nobody answers; it was no try. */
export type Sent =
  | { kind: 'taken'; reference: string | null }
  | { kind: 'trouble'; error: string; wait: number | null }
  | { kind: 'refused'; error: string }
  | { kind: 'later'; error: string };

/** The workflow system as the desk knows it. */
export interface WorkflowSystem {
  /** Sends a message once. The same key means the same ticket, however often it comes. */
  send(message: object, key: string, stopping: AbortSignal): Promise<Sent>;
}

/** Milliseconds for one try, and most bytes of its answer. */
export const TRY_TIMEOUT = 30_000;
const ANSWER = 1_000_000;
/** So many failures one after the other mean that nobody is there; milliseconds until one try finds out whether that is so still. */
const FAILURES = 5;
export const BREAK = 30_000;

const taken = z.looseObject({ id: z.union([z.string().min(1).max(200), z.number()]).optional() });

/** One for each process: the breaker remembers how the last tries went. */
export function workflowSystem({ url, apiKey }: WorkflowConfig): WorkflowSystem {
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof Trouble),
    {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: BREAK,
    },
  );
  return {
    async send(message, key, signal) {
      const headers = {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'idempotency-key': key,
      };
      const call = {
        ...{ url, headers, method: 'POST', allowed: originOf(url) },
        timeout: TRY_TIMEOUT,
        limit: ANSWER,
        signal,
      };
      try {
        return await breaker.execute(async () => judge(await ask({ ...call, body: JSON.stringify(message) })));
      } catch (error) {
        // The next start sends it with the same key: whether it was taken is then found out.
        if (signal.aborted) return { kind: 'later', error: 'The desk was stopped meanwhile' };
        if (error instanceof BrokenCircuitError) return { kind: 'later', error: 'The workflow system does not answer' };
        if (error instanceof Trouble) return { kind: 'trouble', error: error.message, wait: error.wait };
        throw error;
      }
    },
  };
}

/** Something that may be better at the next try. */
class Trouble extends Error {
  /** Milliseconds that it asked us to wait; null: it did not. */
  readonly wait: number | null;
  constructor(message: string, wait: number | null = null) {
    super(message);
    this.wait = wait;
  }
}

async function ask(call: HttpCall): Promise<HttpAnswer> {
  const answer = await httpCall(call).catch((error: unknown) => {
    throw error instanceof HttpFailure ? new Trouble(error.message) : error;
  });
  faultPoint('FW1');
  return answer;
}

function judge({ status, headers, body }: HttpAnswer): Sent {
  if (status >= 200 && status < 300) {
    const said = taken.safeParse(body.length === 0 ? {} : readJson(body));
    if (!said.success) throw new Trouble(`It answered ${status} with something that is no JSON object`);
    return { kind: 'taken', reference: said.data.id === undefined ? null : String(said.data.id) };
  }
  if (status >= 500 || status === 408 || status === 425 || status === 429)
    throw new Trouble(`It answered ${status}`, waitOf(headers.get('retry-after')));
  return { kind: 'refused', error: `It refused the ticket: ${status}` };
}

/** Seconds or a date (RFC 9110 §10.2.3), in milliseconds. */
function waitOf(text: string | null): number | null {
  if (text === null) return null;
  const wait = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) && wait > 0 ? wait : null;
}
