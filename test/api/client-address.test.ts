import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddress, trustedProxies } from '../../src/api/client-address.ts';

const trusted = trustedProxies(['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8']);
const of = (remoteAddress: string | undefined, forwarded?: string) =>
  clientAddress(
    {
      socket: { remoteAddress },
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    } as IncomingMessage,
    trusted,
  );

test.each<[from: string, forwarded: string | undefined, address: string]>([
  ['203.0.113.7', undefined, '203.0.113.7'],
  ['203.0.113.7', '198.51.100.1', '203.0.113.7'],
  ['203.0.113.7', '10.0.0.1, 127.0.0.1', '203.0.113.7'],
  ['::ffff:203.0.113.7', '198.51.100.1', '203.0.113.7'],
  ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['127.0.0.1', '9.9.9.9, 198.51.100.1', '198.51.100.1'],
  ['127.0.0.1', '9.9.9.9, 198.51.100.1, 10.1.2.3', '198.51.100.1'],
  ['127.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
  ['127.0.0.1', 'unknown', '127.0.0.1'],
  ['127.0.0.1', '198.51.100.1, unknown', '127.0.0.1'],
  ['127.0.0.1', '', '127.0.0.1'],
  ['127.0.0.1', '10.0.0.9', '10.0.0.9'],
  ['::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '[2001:db8:1:2:ffff::1]:443', '2001:db8:1:2::/64'],
  ['::1', '2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001:0002::99', undefined, '2001:db8:1:2::/64'],
  ['fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
  ['fd12::1', '198.51.100.1', '198.51.100.1'],
])('V12: a request from %s that says %j is counted for %s', (from, forwarded, address) => {
  expect(of(from, forwarded)).toBe(address);
});

test('V12: no length of the header makes it expensive, and a connection that is gone has no address', () => {
  expect(of('127.0.0.1', `${'10.0.0.1,'.repeat(3000)}10.0.0.1`)).toBe('10.0.0.1');
  expect(of(undefined, '198.51.100.1')).toBe('');
});
