import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { SMTPServer } from 'smtp-server';
import type { AccessToken } from '../../../src/mail/sources/imap/options.ts';
import { SourceUnavailable } from '../../../src/mail/sources/unavailable.ts';
import { isLoopback } from '../../../src/mail/transports/smtp-connection.ts';
import { readSmtpUrl, smtpTransport, type SmtpOptions } from '../../../src/mail/transports/smtp-transport.ts';
import type { Delivery } from '../../../src/mail/transports/transport.ts';
import { scriptedSmtp, type Script } from './scripted-smtp.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function server(script: Script = {}, options: Partial<SmtpOptions> = {}) {
  const smtp = await scriptedSmtp(script);
  const transport = smtpTransport({ host: '127.0.0.1', port: smtp.port, secure: false, auth: null, ...options });
  open.push(transport, smtp);
  return { smtp, transport };
}

function delivery(given: Partial<Delivery> = {}): Delivery {
  return {
    envelope: { from: '', to: 'ana@maravia.example' },
    mime: Buffer.from('Subject: x\r\n\r\nHello\r\n'),
    ...given,
  };
}

describe('M44: what became of a message', () => {
  test.each<[string, Script, object]>([
    ['the server takes it', {}, { kind: 'sent', response: '250 2.0.0 taken' }],
    ['421 to MAIL', { mail: '421 4.3.2 later' }, { kind: 'refused', code: 421, permanent: false }],
    [
      '550 to MAIL is about the sender',
      { mail: '550 5.7.1 no null sender' },
      { kind: 'refused', code: 550, permanent: true, sender: true },
    ],
    ['451 to RCPT', { rcpt: '451 4.7.1 greylisted' }, { kind: 'refused', code: 451, permanent: false }],
    [
      '550 to RCPT',
      { rcpt: '550 5.1.1 nobody' },
      { kind: 'refused', code: 550, permanent: true, response: '550 5.1.1 nobody' },
    ],
    ['452 to DATA', { data: '452 4.2.2 full' }, { kind: 'refused', code: 452, permanent: false }],
    ['451 after the message', { message: '451 4.3.0 later' }, { kind: 'refused', code: 451, permanent: false }],
    ['554 after the message', { message: '554 5.7.1 spam' }, { kind: 'refused', code: 554, permanent: true }],
    ['530 to MAIL is about our login', { mail: '530 5.7.0 sign in' }, { kind: 'unreached' }],
    ['554 as a greeting is about the server', { greeting: '554 go away' }, { kind: 'unreached' }],
    ['the connection ends at once', { greeting: 'drop' }, { kind: 'unreached' }],
    ['the connection ends after MAIL', { mail: 'drop' }, { kind: 'unreached' }],
    ['the connection ends after RCPT', { rcpt: 'drop' }, { kind: 'unreached' }],
    ['the connection ends after DATA', { data: 'drop' }, { kind: 'unreached' }],
    ['the connection ends after the final dot', { message: 'drop' }, { kind: 'unknown' }],
    ['garbage for a greeting', { greeting: 'SSH-2.0-OpenSSH_9.2' }, { kind: 'unreached' }],
    ['garbage to MAIL', { mail: '\x01 banana \x02' }, { kind: 'unreached' }],
    ['garbage to DATA', { data: 'banana' }, { kind: 'unreached' }],
    ['garbage after the final dot', { message: 'banana' }, { kind: 'unknown' }],
    ['a reply of 5 MB', { message: `250 ${'x'.repeat(5_000_000)}` }, { kind: 'unknown' }],
  ])('%s', async (_, script, expected) => {
    const { transport } = await server(script);
    expect(await transport.send(delivery())).toMatchObject(expected);
  });

  test.each<[string, Script, string, object]>([
    ['nothing for a greeting', { greeting: 'hang' }, '', { kind: 'unreached' }],
    ['nothing to MAIL', { mail: 'hang' }, 'MAIL', { kind: 'unreached' }],
    ['nothing to DATA', { data: 'hang' }, 'DATA', { kind: 'unreached' }],
    ['nothing after the final dot', { message: 'hang' }, '.', { kind: 'unknown' }],
  ])('a server that says %s is given up', async (_, script, last, expected) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { smtp, transport } = await server(script);
    const sending = transport.send(delivery());
    const heard = () => smtp.sessions[0]?.at(-1) ?? (smtp.sessions[0] && '');
    while (!(last === '' ? heard() === '' : heard()?.startsWith(last))) await setImmediate();
    vi.advanceTimersByTime(80_000);
    expect(await sending).toMatchObject(expected);
  });

  test('nobody listens', async () => {
    const { smtp, transport } = await server();
    await smtp.close();
    expect(await transport.send(delivery())).toMatchObject({
      kind: 'unreached',
      error: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('the connection ends in the middle of a large message', async () => {
    const { transport, smtp } = await server({ dropAfterBytes: 10_000, ehlo: '250 test' });
    const result = await transport.send(delivery({ mime: Buffer.alloc(20_000_000, 'x\r\n') }));
    expect(['unreached', 'unknown']).toContain(result.kind);
    expect(smtp.messages).toEqual([]);
  });

  test('the server has announced that it is too large', async () => {
    const { transport, smtp } = await server();
    expect(await transport.send(delivery({ mime: Buffer.alloc(200_000, 'x\r\n') }))).toMatchObject({
      kind: 'refused',
      permanent: true,
    });
    expect(smtp.sessions[0]).not.toContain('DATA');
  });
});

test('one message has one MAIL and one RCPT, and the null sender is <>', async () => {
  const { smtp, transport } = await server();
  await transport.send(delivery());
  await transport.send(delivery({ envelope: { from: 'support+b.x@help.example', to: 'Ana@Bücher.example' } }));
  expect(smtp.sessions).toHaveLength(1);
  expect(
    smtp.sessions[0]?.filter((line) => /^(MAIL|RCPT)/.test(line)).map((line) => line.replace(/ SIZE=\d+/, '')),
  ).toEqual([
    'MAIL FROM:<>',
    'RCPT TO:<ana@maravia.example>',
    'MAIL FROM:<support+b.x@help.example>',
    'RCPT TO:<Ana@xn--bcher-kva.example>',
  ]);
});

test('T17: an address with a line end reaches no server', async () => {
  const { smtp, transport } = await server();
  for (const to of ['a@x\r\nRCPT TO:<evil@x>', 'a@x>\nDATA', 'a@x> <evil@x']) {
    expect((await transport.send(delivery({ envelope: { from: '', to } }))).kind).not.toBe('sent');
  }
  expect(smtp.sessions.flat().join('\n')).not.toMatch(/evil|DATA/);
});

test('R19: lines with dots and bare line ends arrive as one message', async () => {
  const { smtp, transport } = await server();
  const mime = Buffer.from('Subject: x\r\n\r\n.\r\nb\n.\nMAIL FROM:<evil@x>\r.\rc\r\n');
  expect(await transport.send(delivery({ mime }))).toMatchObject({ kind: 'sent' });
  expect(smtp.messages).toHaveLength(1);
  expect(smtp.sessions.flat().join('\n')).not.toContain('evil');
});

describe('the moment before the message', () => {
  test('comes once the recipient is accepted, and not when it is refused', async () => {
    const refused = await server({ rcpt: '550 nobody' });
    const moments: string[] = [];
    await refused.transport.send(delivery({ beforeData: () => Promise.resolve(void moments.push('refused')) }));
    const { smtp, transport } = await server();
    await transport.send(
      delivery({ beforeData: () => Promise.resolve(void moments.push(smtp.sessions[0]?.at(-1) ?? '')) }),
    );
    expect(moments).toEqual(['DATA']);
  });

  test('can call it off', async () => {
    const { smtp, transport } = await server();
    const result = await transport.send(delivery({ beforeData: () => Promise.reject(new Error('the lease is lost')) }));
    expect(result).toEqual({ kind: 'unreached', error: 'the lease is lost' });
    expect(smtp.messages).toEqual([]);
    expect(await transport.send(delivery())).toMatchObject({ kind: 'sent' });
  });
});

describe('connections', () => {
  test('are kept, also after a refusal', async () => {
    const { smtp, transport } = await server({ rcpt: '550 nobody' });
    for (let n = 0; n < 3; n++) await transport.send(delivery());
    expect(smtp.sessions).toHaveLength(1);
  });

  test('are few, however many messages want one', async () => {
    const { smtp, transport } = await server({}, { connections: 3 });
    const results = await Promise.all(Array.from({ length: 30 }, () => transport.send(delivery())));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['sent']));
    expect(smtp.messages).toHaveLength(30);
    expect(smtp.sessions.length).toBeLessThanOrEqual(3);
  });

  test('that the server ended meanwhile are replaced without losing a message', async () => {
    const { smtp, transport } = await server({ messagesPerSession: 1 });
    for (let n = 0; n < 3; n++) expect(await transport.send(delivery())).toMatchObject({ kind: 'sent' });
    expect(smtp.messages).toHaveLength(3);
    expect(smtp.sessions).toHaveLength(3);
  });

  test('that end after the final dot are never used to send it again', async () => {
    const { smtp, transport } = await server({ message: 'drop' });
    expect(await transport.send(delivery())).toMatchObject({ kind: 'unknown' });
    expect(smtp.sessions).toHaveLength(1);
  });
});

test('T40: without TLS nothing is said to a server that is not on this machine', async () => {
  const { smtp } = await server({ ehlo: '250-test\r\n250 AUTH PLAIN' });
  const transport = smtpTransport({
    host: '0.0.0.0', // reaches the loopback, but does not name it
    port: smtp.port,
    secure: false,
    auth: { user: 'desk', pass: 'secret' },
  });
  open.push(transport);
  expect(await transport.send(delivery())).toMatchObject({ kind: 'unreached' });
  expect(smtp.sessions.flat().join('\n')).not.toMatch(/AUTH|MAIL/);
});

test.each([
  ['smtp://localhost:2526', { host: 'localhost', port: 2526, secure: false, auth: null }],
  [
    'smtp://desk%40x:p%3Aw@smtp.example',
    { host: 'smtp.example', port: 587, secure: false, auth: { user: 'desk@x', pass: 'p:w' } },
  ],
  ['smtps://smtp.example', { host: 'smtp.example', port: 465, secure: true, auth: null }],
])('%s is read', (url, expected) => {
  expect(readSmtpUrl(url)).toEqual(expected);
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['127.0.0.1.evil.example', false],
  ['smtp.example', false],
  ['10.0.0.1', false],
])('%s is the loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

describe('XOAUTH2', () => {
  /** A server that takes one token at a time; `challenge`: says why in a challenge (334) before it refuses. */
  async function tokenServer(challenge: boolean) {
    const state = { good: 'first', users: [] as string[] };
    const smtp = new SMTPServer({
      ...{ authMethods: ['XOAUTH2'], hideSTARTTLS: true, allowInsecureAuth: true, logger: false },
      onAuth({ username = '', accessToken }, _session, callback) {
        if (accessToken === state.good) {
          state.users.push(username);
          return callback(null, { user: username });
        }
        if (challenge) return callback(null, { data: { status: '401', schemes: 'bearer', scope: 'mail' } });
        callback(Object.assign(new Error('Authentication unsuccessful'), { responseCode: 535 }));
      },
      onData: (stream, _session, callback) => void stream.resume().once('end', () => callback()),
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => smtp.close(() => resolve())) });
    return { ...state, state, port: (smtp.server.address() as { port: number }).port };
  }

  const by = (port: number, accessToken: AccessToken) => {
    const transport = smtpTransport({ host: '127.0.0.1', port, secure: false, auth: { user: 'support', accessToken } });
    open.unshift(transport);
    return transport;
  };

  test.each([
    ['in a challenge', true],
    ['at once', false],
  ])(
    'a token that the server does not take any more, said %s, is replaced, and the mail goes out',
    async (_how, challenge) => {
      const { port, state } = await tokenServer(challenge);
      const asked: boolean[] = [];
      const transport = by(port, ({ fresh }) => {
        asked.push(fresh);
        return Promise.resolve(fresh ? state.good : 'old');
      });
      expect(await transport.send(delivery())).toMatchObject({ kind: 'sent' });
      expect(state.users).toEqual(['support']);
      expect(asked).toEqual([false, true]);
      expect((await transport.examine?.())?.map(({ level }) => level)).toEqual(['ok', 'ok']);
    },
  );

  test('a token that is never good, and a provider that gives none, leave the mail unsent and say why, without the token', async () => {
    const { port } = await tokenServer(true);
    const stranger = by(port, () => Promise.resolve('ya29.somebody-elses'));
    const refused = await stranger.send(delivery());
    expect(refused).toMatchObject({ kind: 'unreached', error: expect.stringMatching(/535/) as string });
    expect(JSON.stringify(refused)).not.toContain('ya29');
    const [, found] = (await stranger.examine?.()) ?? [];
    expect(found).toMatchObject({
      level: 'fail',
      check: 'outbound credentials',
      advice: expect.stringMatching(/scope of SMTP/) as string,
    });

    const ended = by(port, () =>
      Promise.reject(new SourceUnavailable('auth', 'tokens.test refused a token (invalid_grant): give consent again')),
    );
    expect(await ended.send(delivery())).toMatchObject({
      kind: 'unreached',
      error: expect.stringMatching(/give consent again/) as string,
    });
  });
});
