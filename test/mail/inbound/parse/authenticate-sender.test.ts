import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth';
import { describe, expect, test } from 'vitest';
import { authenticateSender, type DnsResolve } from '../../../../src/mail/inbound/parse/authenticate-sender.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const ZONE: Record<string, string> = {
  'desk1._domainkey.example.com': `v=DKIM1; k=rsa; p=${key}`,
  '_dmarc.example.com': 'v=DMARC1; p=reject; adkim=s',
  'desk1._domainkey.other.test': `v=DKIM1; k=rsa; p=${key}`,
};

/** Answers from a zone; what it does not hold does not exist. */
const dns =
  (zone: Record<string, string>): DnsResolve =>
  (name, type) => {
    const value = type === 'TXT' ? zone[name.toLowerCase()] : undefined;
    if (value === undefined)
      return Promise.reject(Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
    return Promise.resolve([[value]]);
  };

const mail = (from: string) =>
  `From: ${from}\r\nTo: desk@example.org\r\nSubject: Hello\r\nDate: Mon, 05 Jan 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nThe printer is broken.\r\n`;

async function signed(from: string, signingDomain: string, more: object = {}): Promise<Buffer> {
  const raw = mail(from);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const options = { signatureData: [{ signingDomain, selector: 'desk1', privateKey: pem, ...more }] };
  const { signatures } = await dkimSign(raw, options as unknown as Parameters<typeof dkimSign>[1]);
  return Buffer.from(signatures + raw);
}

test('a valid aligned signature is a pass, with domain and policy', async () => {
  const found = await authenticateSender(await signed('Anna <anna@example.com>', 'example.com'), {
    resolver: dns(ZONE),
  });
  expect(found).toMatchObject({ dmarc: 'pass', policy: 'reject', domain: 'example.com', dkim: 'pass', spf: 'skipped' });
});

test('a valid signature of another domain does not authenticate the author', async () => {
  const found = await authenticateSender(await signed('Anna <anna@example.com>', 'other.test'), {
    resolver: dns(ZONE),
  });
  expect(found).toMatchObject({ dmarc: 'fail', policy: 'reject', domain: 'example.com' });
});

test('a changed body is a fail', async () => {
  const raw = await signed('Anna <anna@example.com>', 'example.com');
  const changed = Buffer.from(raw.toString().replace('printer', 'invoice'));
  expect((await authenticateSender(changed, { resolver: dns(ZONE) })).dmarc).toBe('fail');
});

test('a domain without a policy is none', async () => {
  const found = await authenticateSender(Buffer.from(mail('Bo <bo@nowhere.test>')), { resolver: dns({}) });
  expect(found).toMatchObject({ dmarc: 'none', policy: null });
});

test.each([
  ['two addresses', 'Anna <anna@example.com>, Eve <eve@evil.test>'],
  ['two From headers', 'Anna <anna@example.com>\r\nFrom: Eve <eve@evil.test>'],
])('T18: %s in From never pass', async (_, from) => {
  const found = await authenticateSender(await signed(from, 'example.com'), { resolver: dns(ZONE) });
  expect(found.dmarc).not.toBe('pass');
});

test('trouble of the author’s own zone is temporary, not a failure', async () => {
  const servfail: DnsResolve = (name, type) =>
    name.startsWith('desk1.')
      ? Promise.reject(Object.assign(new Error('SERVFAIL'), { code: 'ESERVFAIL' }))
      : dns(ZONE)(name, type);
  const found = await authenticateSender(await signed('anna@example.com', 'example.com'), { resolver: servfail });
  expect(found.dmarc).toBe('temperror');
});

test('a signature that points at a dead server of somebody else excuses nothing', async () => {
  const servfail: DnsResolve = (name, type) =>
    name.endsWith('other.test')
      ? Promise.reject(Object.assign(new Error('SERVFAIL'), { code: 'ESERVFAIL' }))
      : dns(ZONE)(name, type);
  const found = await authenticateSender(await signed('anna@example.com', 'other.test'), { resolver: servfail });
  expect(found.dmarc).toBe('fail');
});

test('a DNS that never answers is a temporary error within the time allowed', async () => {
  const silent: DnsResolve = () => new Promise(() => undefined);
  const found = await authenticateSender(await signed('anna@example.com', 'example.com'), {
    resolver: silent,
    timeoutMs: 100,
  });
  expect(found).toMatchObject({ dmarc: 'temperror', detail: 'The DNS did not answer in time' });
});

describe('SPF counts when somebody we trust says where the message came from', () => {
  const zone = { ...ZONE, 'example.com': 'v=spf1 ip4:192.0.2.0/24 -all', 'other.test': 'v=spf1 ip4:192.0.2.0/24 -all' };
  const client = (ip: string, sender = 'anna@example.com') => ({
    resolver: dns(zone),
    client: { ip, helo: 'mx.example.com', sender },
  });

  test('an envelope of the author’s domain passes', async () => {
    const found = await authenticateSender(Buffer.from(mail('anna@example.com')), client('192.0.2.7'));
    expect(found).toMatchObject({ dmarc: 'pass', spf: 'pass', dkim: 'none' });
  });

  test('a foreign address is a fail', async () => {
    const found = await authenticateSender(Buffer.from(mail('anna@example.com')), client('198.51.100.7'));
    expect(found).toMatchObject({ dmarc: 'fail', spf: 'fail' });
  });

  test('an envelope of another domain does not authenticate the author', async () => {
    const found = await authenticateSender(
      Buffer.from(mail('anna@example.com')),
      client('192.0.2.7', 'eve@other.test'),
    );
    expect(found).toMatchObject({ dmarc: 'fail', spf: 'pass' });
  });

  test('a Received header counts only when the server that wrote it is trusted', async () => {
    const raw = Buffer.from(
      `Return-Path: <anna@example.com>\r\nReceived: from mx.example.com (mx.example.com [192.0.2.7])\r\n\tby in.example.org (Postfix) with ESMTP id 1;\r\n\tMon, 5 Jan 2026 10:00:00 +0000\r\n${mail('anna@example.com')}`,
    );
    expect((await authenticateSender(raw, { resolver: dns(zone) })).spf).toBe('skipped');
    expect((await authenticateSender(raw, { resolver: dns(zone), trustReceived: true })).spf).toBe('pass');
  });
});

test('a signature over the first lines only does not cover what was put behind them', async () => {
  const raw = await signed('Anna <anna@example.com>', 'example.com', { maxBodyLength: 24 });
  expect(raw.toString()).toContain('l=24');
  const longer = Buffer.concat([raw, Buffer.from('Please pay to another account.\r\n')]);
  expect(await authenticateSender(longer, { resolver: dns(ZONE) })).toMatchObject({ dmarc: 'none', dkim: 'pass' });
});

test('any bytes have an answer', async () => {
  for (const raw of ['', '\0\0\0', 'no header at all', 'From: \r\n\r\n']) {
    expect((await authenticateSender(Buffer.from(raw), { resolver: dns({}) })).dmarc).not.toBe('pass');
  }
});
