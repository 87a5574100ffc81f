import { lookup as systemLookup, type LookupAllOptions, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { destinationOf, type Destination } from './destinations.ts';
import { isPublicAddress } from './public-address.ts';

/** Finds all addresses of a name, as `dns.lookup` does. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A request to another system, and everything that bounds it. */
export interface HttpCall {
  url: string | URL;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Servers that may be called. */
  allowed: readonly Destination[];
  /** Milliseconds for all of it, from the name to the last byte of the answer. */
  timeout: number;
  /** Most bytes of the answer. */
  limit: number;
  lookup?: Lookup;
  /** Ends it before its time, as if it had not been reached: whoever asked is going. */
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** forbidden: it may not be called, and was not. timeout, too_large, unreachable: no whole answer came. */
export type HttpTrouble = 'forbidden' | 'timeout' | 'too_large' | 'unreachable';

/** Why there is no answer, in words that may be shown to an admin. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly trouble: HttpTrouble;

  constructor(trouble: HttpTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

/**
 * The one way by which the desk calls other systems by HTTP. What may be called is on a list; a name on it must lead to public addresses, all of
 * them, and the connection goes to just these, so that a name that changes its mind is not asked twice (T25). Nothing is followed: a redirect is
 * an answer like any other. Throws HttpFailure.
 */
export async function httpCall(call: HttpCall): Promise<HttpAnswer> {
  const url = new URL(call.url);
  const late = AbortSignal.timeout(call.timeout);
  const signal = call.signal ? AbortSignal.any([late, call.signal]) : late;
  try {
    const answer = await send(url, call, { ...optionsFor(url, call), signal });
    const body = await readWhole(answer, call.limit);
    return { status: answer.statusCode ?? 0, headers: headersOf(answer), body };
  } catch (error) {
    throw failureOf(error, late.aborted, url, call);
  }
}

/** What an answer says in JSON; null: it is none. */
export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function optionsFor(
  url: URL,
  { allowed, method = 'GET', headers = {}, lookup = systemLookup }: HttpCall,
): RequestOptions {
  const destination = destinationOf(allowed, url);
  if (!destination) throw new HttpFailure('forbidden', `${url.origin} is not a server that the desk may call`);
  const options = { method, headers: { 'user-agent': 'SmartSupport', ...headers }, agent: false } as const;
  if ('origin' in destination) return { ...options, lookup: lookup as LookupFunction };
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) && !isPublicAddress(literal)) throw notPublic(literal, literal);
  return { ...options, lookup: publicOnly(lookup) };
}

/** Every address is looked at; the socket then connects to one of these, without asking again. */
function publicOnly(lookup: Lookup): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, addresses = []) => {
      const [first] = addresses;
      const wrong = addresses.find(({ address }) => !isPublicAddress(address));
      if (error || wrong || !first) callback(error ?? notPublic(hostname, wrong?.address ?? 'no address'), '', 0);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
}

const notPublic = (host: string, address: string) =>
  new HttpFailure('forbidden', `${host} leads to ${address}, which is not an address of the public internet`);

function send(url: URL, { body }: HttpCall, options: RequestOptions): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

async function readWhole(answer: IncomingMessage, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > limit) throw new HttpFailure('too_large', `It answered with more than ${limit} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}

function failureOf(error: unknown, timedOut: boolean, url: URL, { timeout }: HttpCall): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (timedOut)
    return new HttpFailure('timeout', `${url.host} did not answer within ${timeout / 1000} s`, { cause: error });
  const words = error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
  return new HttpFailure('unreachable', `${url.host} cannot be reached: ${words}`, { cause: error });
}
