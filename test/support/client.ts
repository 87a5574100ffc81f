/** A caller of the API with one access token. */
export interface Client {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  /** A string goes as it is, FormData as multipart, anything else as JSON. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  raw(path: string, init?: RequestInit): Promise<Response>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export function client(base: string, token?: string): Client {
  const authorization = token ? { authorization: `Bearer ${token}` } : undefined;
  const raw: Client['raw'] = (path, init = {}) =>
    fetch(base + path, { ...init, headers: { ...authorization, ...(init.headers as Record<string, string>) } });
  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const form = body instanceof FormData;
    const response = await raw(path, {
      method,
      headers: { ...(body !== undefined && !form && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: form || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json().catch(() => ({}))) as Record<string, unknown>,
    };
  };
  return { raw, send, get: (path) => send('GET', path), post: (path, body = {}) => send('POST', path, body) };
}
