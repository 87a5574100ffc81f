import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import type { Request } from '../api/samples.ts';
import type { Client } from './client.ts';

/** The path of a route with its parameters and query. */
export function pathWith(name: RouteName, { params = {}, query = {} }: Request): string {
  const path = PATHS[name][1].replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params[key] ?? '')));
  const search = new URLSearchParams(query);
  return search.size > 0 ? `${path}?${search}` : path;
}

/** Sends a request of the table of samples. */
export async function callRoute(name: RouteName, request: Request, by: Client): Promise<Response> {
  const { body, headers = {} } = request;
  const raw = typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array;
  const json = body !== undefined && !raw;
  return (request.as ?? by).raw(pathWith(name, request), {
    method: PATHS[name][0],
    headers: { ...(json && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && {
      body: json ? JSON.stringify(body) : (body as FormData | string | Uint8Array<ArrayBuffer>),
    }),
  });
}
