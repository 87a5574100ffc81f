import { BlockList, isIP, isIPv6, SocketAddress } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** Most entries of X-Forwarded-For that are looked at: nobody has more proxies of their own. */
const MOST_HOPS = 20;

/**
 * The address a request came from: that of the connection, or, when the connection is one of our own proxies, the last entry of
 * X-Forwarded-For that is not. Whatever stands before it the client may have written itself. IPv6 without its host part.
 */
export function clientAddress({ headers, socket }: IncomingMessage, trusted: BlockList): string {
  const said = String(headers['x-forwarded-for'] ?? '').split(',');
  let address = plain(socket.remoteAddress ?? '');
  for (const entry of said.toReversed().slice(0, MOST_HOPS)) {
    if (!isTrusted(trusted, address)) break;
    const before = plain(entry.trim());
    if (!before) break;
    address = before;
  }
  return isIPv6(address) ? network(address) : address;
}

/** Proxies by address or network (`10.0.0.1`, `fd00::/8`). Throws on anything else. */
export function trustedProxies(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function isTrusted(trusted: BlockList, address: string): boolean {
  return isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Without port, brackets and the IPv6 form of an IPv4 address; empty for what is none. */
function plain(text: string): string {
  const [, bracketed, v4] = /^\[([^\]]*)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text) ?? [];
  const address = (bracketed ?? v4 ?? text).replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(address) ? address : '';
}

/** The first 64 bits: a subscriber has at least all of the rest (RFC 6177). */
function network(address: string): string {
  const full = new SocketAddress({ address, family: 'ipv6' }).address;
  const [head = '', tail = ''] = full.split('::');
  const groups = (part: string) => (part ? part.split(':') : []);
  const zeros = Math.max(0, 8 - groups(head).length - groups(tail).length);
  const all = full.includes('::')
    ? [...groups(head), ...new Array<string>(zeros).fill('0'), ...groups(tail)]
    : groups(full);
  return `${all.slice(0, 4).join(':')}::/64`;
}
