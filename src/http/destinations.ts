/**
 * A server that the desk may call. `origin`: exactly this one, wherever it is, as whoever deploys the desk named it. `host`: by https on its usual
 * port, and only while its name leads to the public internet; `below`: the names below it instead.
 */
export type Destination = { origin: string } | { host: string; below: boolean };

/** The server of an address, and no other. */
export function originOf(url: string | URL): Destination[] {
  return [{ origin: new URL(url).origin }];
}

/** Reads one entry of a list: `hooks.example.com`, `*.example.com`, or an origin such as `http://10.0.0.7:9000`; null: it is none. */
export function readDestination(text: string): Destination | null {
  const entry = text.trim().toLowerCase();
  if (/^https?:\/\//.test(entry)) {
    if (!URL.canParse(entry)) return null;
    const { origin, pathname, search, hash, username, password } = new URL(entry);
    return pathname === '/' && `${search}${hash}${username}${password}` === '' ? { origin } : null;
  }
  const below = entry.startsWith('*.');
  const host = below ? entry.slice(2) : entry;
  return /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/.test(host) ? { host, below } : null;
}

/** The entry that lets an address be called; null: none does. An origin is looked for first, as it says more. */
export function destinationOf(allowed: readonly Destination[], url: URL): Destination | null {
  const { origin, protocol, hostname, port, username, password } = url;
  if (username !== '' || password !== '') return null;
  const exact = allowed.find((entry) => 'origin' in entry && entry.origin === origin);
  if (exact) return exact;
  if (protocol !== 'https:' || port !== '') return null;
  const fits = (entry: Destination) =>
    'host' in entry && (entry.below ? hostname.endsWith(`.${entry.host}`) : hostname === entry.host);
  return allowed.find(fits) ?? null;
}
