import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepCaught } from '../../src/commands/local-desk.ts';
import { freePort } from '../../src/db/embedded/free-port.ts';
import { startCatcher, type Catcher } from '../../src/mail/local/catcher.ts';
import { smtpTransport } from '../../src/mail/transports/smtp-transport.ts';
import { client, type Client } from '../support/client.ts';
import { startTestDesk, type TestDesk } from '../support/desk.ts';
import { eventually } from '../support/processes.ts';

/** A local desk with its real drop, worker and catcher, as `npm start` joins them. */
let desk: TestDesk;
let catcher: Catcher;
let staff: Client;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const port = await freePort(0);
  catcher = await startCatcher({
    port: 0,
    isOwn: (address) => address.endsWith('@localhost'),
    store: ({ from, to, raw }) => keepCaught(desk, { from, to: [...to], raw }),
  });
  ends.push(() => catcher.close());
  const transport = smtpTransport({ host: '127.0.0.1', port: catcher.port, secure: false, auth: null });
  const started = await startTestDesk({ web: true, worker: true, transport, env: { SMTP_DROP_PORT: String(port) } });
  ends.push(() => started.stop());
  desk = started.desk;
  const drop = await desk.startDrop('127.0.0.1', port);
  ends.push(() => drop.stop());
  await desk.account('coordinator');
  staff = client(desk.url, await desk.signIn('coordinator@desk.example'));
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

interface Mail {
  id: number;
  from: string;
  to: string[];
  subject: string;
  date: string;
  raw: string;
}
const list = async () => ((await staff.get('/api/dev/mail')).body as { results: Mail[] }).results;
/** The newest mail that somebody was sent. */
const mailTo = (address: string) =>
  eventually(`a mail to ${address}`, async () => (await list()).find(({ to }) => to.includes(address)));
const write = (raw: string | Buffer) =>
  staff
    .raw('/api/dev/mail', { method: 'POST', headers: { 'content-type': 'message/rfc822' }, body: Buffer.from(raw) })
    .then(async (response) => ({ status: response.status, body: (await response.json()) as Record<string, unknown> }));

const request = (from: string, id: string, more = '') =>
  `From: ${from}\r\nTo: support@localhost\r\nSubject: The door is locked\r\nMessage-ID: <${id}@maravia.example>\r\n${more}\r\nNobody has the key.\r\n`;

test('a mail written to the desk becomes a ticket, and its acknowledgement is in the list of local mail', async () => {
  expect(await write(request('Ana <ana@maravia.example>', 'door'))).toEqual({
    status: 201,
    body: { accepted: ['support@localhost'] },
  });
  const ack = await mailTo('ana@maravia.example');
  expect(ack).toMatchObject({
    from: expect.stringContaining('support@localhost'),
    subject: expect.stringContaining('TX'),
  });
  expect(Date.parse(ack.date)).toBeGreaterThan(Date.now() - 60_000);
  expect(ack.raw).toMatch(/^(.+\r\n)*Auto-Submitted: auto-replied\r\n/m);

  const { body } = await staff.get(`/api/dev/mail/${ack.id}`);
  expect(body).toMatchObject({
    ...ack,
    message_id: expect.stringMatching(/^<o\..+@localhost>$/),
    reply_to: [expect.stringMatching(/^support\+r\..+@localhost$/)],
    text: expect.stringMatching(/TX\d{4}/),
    frame: expect.stringMatching(/^\/frame\//),
  });
  const frame = await fetch(desk.url + String(body['frame']));
  expect(frame.status).toBe(200);
  expect(frame.headers.get('content-security-policy')).toMatch(/^sandbox /);
});

test('an answer to the acknowledgement, under another subject, joins the same ticket', async () => {
  await write(request('Ben <ben@maravia.example>', 'first'));
  const ack = await mailTo('ben@maravia.example');
  const { reply_to: replyTo } = (await staff.get(`/api/dev/mail/${ack.id}`)).body as { reply_to: string[] };
  const sent = await write(
    `From: ben@maravia.example\r\nTo: ${replyTo[0]}\r\nSubject: Found it\r\nMessage-ID: <second@maravia.example>\r\n\r\nThe key was in the door.\r\n`,
  );
  expect(sent).toEqual({ status: 201, body: { accepted: replyTo } });
  type Ticket = { id: number; requester: { email: string }; comment_count: number };
  const tickets = async () =>
    ((await staff.get('/api/tickets')).body as { results: Ticket[] }).results.filter(
      ({ requester }) => requester.email === 'ben@maravia.example',
    );
  await eventually('the comment', async () => (await tickets())[0]?.comment_count === 2);
  expect(await tickets()).toHaveLength(1);
});

test('the list shows the newest mail first, at most 200 of them', async () => {
  const raw = (n: number) =>
    Buffer.from(`From: support@localhost\r\nTo: many@maravia.example\r\nSubject: Mail ${n}\r\n\r\nx\r\n`);
  for (let n = 0; n < 205; n++)
    await desk.transaction((tx) =>
      tx.em.execute(
        `insert into caught_message (envelope_from, envelope_to, raw, received_at) values ('', '{many@maravia.example}', ?, now())`,
        [raw(n)],
      ),
    );
  const mails = await list();
  expect(mails).toHaveLength(200);
  expect(mails.map(({ id }) => id)).toEqual(mails.map(({ id }) => id).toSorted((a, b) => b - a));
  // One that could not be parsed is still listed, with its raw source.
  expect(mails[0]).toMatchObject({ from: '', subject: '', to: ['many@maravia.example'], raw: raw(204).toString() });
  expect((await staff.get(`/api/dev/mail/${mails[0]?.id}`)).body).toMatchObject({
    frame: null,
    text: '',
    attachments: [],
  });
});

test('8-bit text reaches the ticket as it was written, whatever its charset', async () => {
  const fixture = await readFile(new URL('../mail/fixtures/latin-1-eight-bit.eml', import.meta.url));
  expect((await write(fixture)).status).toBe(201);
  expect(
    (
      await write(
        request(
          'Zoë Ødegård <zo@maravia.example>',
          'utf8',
          'Content-Type: text/plain; charset=utf-8\r\nX-Note: schön\r\n',
        ),
      )
    ).status,
  ).toBe(201);
  const titles = async () =>
    (
      (await staff.get('/api/tickets')).body as { results: { subject: string; requester: { name: string } }[] }
    ).results.map(({ subject, requester }) => `${requester.name}: ${subject}`);
  await eventually('both tickets', async () => {
    const seen = await titles();
    return seen.includes('Zoë: Café machine') && seen.includes('Zoë Ødegård: The door is locked');
  });
});

test('a caught mail with bytes of no charset is valid JSON, its ASCII unchanged', async () => {
  const raw = Buffer.concat([
    Buffer.from('Subject: x\r\n\r\nbefore '),
    Buffer.from([0xff, 0x00, 0xfe, 0xe9]),
    Buffer.from(' after\r\n'),
  ]);
  await desk.transaction((tx) =>
    tx.em.execute(
      `insert into caught_message (envelope_from, envelope_to, raw, received_at) values ('', '{bytes@maravia.example}', ?, now())`,
      [raw],
    ),
  );
  const mail = await mailTo('bytes@maravia.example');
  expect(mail.raw).toMatch(/^Subject: x\r\n\r\nbefore .+ after\r\n$/su);
});

test.each<[string, string | Buffer, number, string]>([
  [
    'nobody of the desk in To or Cc',
    'From: a@maravia.example\r\nTo: b@maravia.example\r\n\r\nx\r\n',
    400,
    'validation_failed',
  ],
  ['nothing at all', '', 400, 'validation_failed'],
  ['random bytes', Buffer.from([0, 255, 13, 10, 0, 254, 13, 13, 10]), 400, 'validation_failed'],
  [
    'too many parts',
    `From: a@maravia.example\r\nTo: support@localhost\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(1001)}--b--\r\n`,
    400,
    'validation_failed',
  ],
])('a mail with %s is refused and says why', async (_, raw, status, code) => {
  expect(await write(raw)).toMatchObject({ status, body: { code, error: expect.any(String) } });
});

test('a mail larger than the limit is refused with 413', async () => {
  const small = await startTestDesk({ web: true, env: { MAX_MESSAGE_BYTES: '10000' } });
  ends.push(() => small.stop());
  await small.desk.account('employee');
  const reader = client(small.desk.url, await small.desk.signIn('employee@desk.example'));
  const answer = await reader.send('POST', '/api/dev/mail', 'x'.repeat(10_001));
  expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
});

test('without its drop the desk says that it cannot take mail now', async () => {
  const lonely = await startTestDesk({ web: true, env: { SMTP_DROP_PORT: String(await freePort(0)) } });
  ends.push(() => lonely.stop());
  await lonely.desk.account('employee');
  const reader = client(lonely.desk.url, await lonely.desk.signIn('employee@desk.example'));
  const answer = await reader.send('POST', '/api/dev/mail', request('ana@maravia.example', 'lonely'));
  expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
});

test('local mail is for who has signed in', async () => {
  for (const [method, path] of [
    ['GET', '/api/dev/mail'],
    ['POST', '/api/dev/mail'],
    ['GET', '/api/dev/mail/1'],
  ] as const)
    expect((await client(desk.url).send(method, path)).status).toBe(401);
  expect((await staff.get('/api/dev/mail/999999')).status).toBe(404);
});
