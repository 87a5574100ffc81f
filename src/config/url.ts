import { z } from 'zod';

/** A URL with one of these schemes. */
export const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
    error: `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });

/** A server whose answers or whose trust decide much, so plain http is for this machine alone. */
export const secureUrl = z.string().refine(
  (text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, search, hash } = new URL(text);
    const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    return search === '' && hash === '' && (protocol === 'https:' || (protocol === 'http:' && loopback));
  },
  { error: 'must be a URL that starts with https:// (http:// on this machine only), without query and fragment' },
);
