/** What a browser does in a sign-in with a provider, a step at a time: it follows redirects and keeps a cookie jar for each host. */
export class OidcBrowser {
  readonly #desk: string;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(desk: string) {
    this.#desk = desk;
  }

  /** The desk's own page to begin at: where it sends the browser to. */
  async start(query = ''): Promise<URL> {
    const response = await this.open(new URL(`/api/oidc/start${query}`, this.#desk));
    if (response.status !== 302) throw new Error(`start: ${response.status} ${await response.text()}`);
    return new URL(response.headers.get('location') ?? '');
  }

  /** Signs in at the provider: where that sends the browser back to. */
  async signIn(at: URL): Promise<URL> {
    let url = at;
    for (let hops = 0; hops < 10 && url.pathname !== '/api/oidc/callback'; hops++) {
      const response = await this.open(url);
      if (!response.headers.has('location'))
        throw new Error(`${url.pathname}: ${response.status} ${await response.text()}`);
      url = new URL(response.headers.get('location') ?? '', url);
    }
    return url;
  }

  /** Comes back to the desk, whatever its public URL is. */
  comeBack({ pathname, search }: URL, headers: Record<string, string> = {}): Promise<Response> {
    return this.open(new URL(pathname + search, this.#desk), headers);
  }

  /** All of it. */
  async go(query = ''): Promise<Response> {
    return this.comeBack(await this.signIn(await this.start(query)));
  }

  /** A session of the desk from the cookie that it gave, as the portal gets it. */
  async session(): Promise<Record<string, unknown>> {
    const headers = {
      'content-type': 'application/json',
      'x-client': 'portal',
      ...this.#cookieOf(new URL(this.#desk)),
    };
    const response = await fetch(`${this.#desk}/api/token/refresh`, { method: 'POST', headers, body: '{}' });
    return (await response.json()) as Record<string, unknown>;
  }

  /** One request, no redirect followed. */
  async open(url: URL, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(url, { redirect: 'manual', headers: { ...this.#cookieOf(url), ...headers } });
    this.keep(url, response.headers.getSetCookie());
    return response;
  }

  keep(url: URL, lines: readonly string[]): void {
    const jar = this.#cookies.get(url.host) ?? new Map<string, string>();
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    this.#cookies.set(url.host, jar);
  }

  #cookieOf({ host }: URL): { cookie?: string } {
    const jar = this.#cookies.get(host);
    return jar && jar.size > 0 ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } : {};
  }
}
