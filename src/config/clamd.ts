import { z } from 'zod';

/** Where clamd is: `tcp://host:port`, or `unix:///path` of its socket. */
export const clamdUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && isClamd(new URL(text)),
    'must be tcp://host:3310 or the path of a socket such as unix:///run/clamav/clamd.ctl',
  );

function isClamd({ protocol, hostname, port, pathname }: URL): boolean {
  if (protocol === 'unix:') return hostname === '' && pathname.length > 1;
  return protocol === 'tcp:' && hostname !== '' && port !== '' && ['', '/'].includes(pathname);
}

/** As a socket takes it. */
export function clamdAddress(text: string): { path: string } | { host: string; port: number } {
  const { protocol, hostname, port, pathname } = new URL(text);
  if (protocol === 'unix:') return { path: decodeURIComponent(pathname) };
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}
