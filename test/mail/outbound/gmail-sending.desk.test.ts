import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendMessages } from '../../../src/mail/outbound/send-messages.ts';
import { PRODUCTION, startTestDesk, type TestDesk } from '../../support/desk.ts';
import { startGmailServer, type GmailServer } from '../../support/gmail/gmail-server.ts';
import { outbox } from './outbox.ts';

const ADDRESS = 'support@desk.example';
let server: GmailServer;
let started: { desk: TestDesk; stop(): Promise<void> };
beforeAll(async () => {
  server = await startGmailServer(ADDRESS);
  const { client } = server.oauth;
  started = await startTestDesk({
    env: {
      ...{ ...PRODUCTION, SUPPORT_ADDRESS: ADDRESS, GMAIL_API_URL: server.url, GMAIL_CLIENT_ID: client.id },
      ...{ GMAIL_CLIENT_SECRET: client.secret, GMAIL_REFRESH_TOKEN: server.oauth.grant(ADDRESS) },
    },
  });
  await query(`update mailbox set transport = 'gmail', version = version + 1`);
});
afterAll(async () => {
  await started?.stop();
  await server?.stop();
});

const query = <T>(sql: string, params: unknown[] = []) =>
  started.desk.transaction((tx) => tx.em.execute<T[]>(sql, params));
const { person, open, comment, notify } = outbox(() => started.desk);
const sentBy = () => [...server.mailbox.messages.values()].map(({ raw }) => raw.toString('latin1'));
const header = (raw: string, name: string) =>
  new RegExp(`^${name}: *(.*)$`, 'im').exec(raw.replace(/\r\n[ \t]+/g, ' '))?.[1]?.trim() ?? '';

/** An answer of a person at the desk, ready to be sent: its row and what it is called. */
async function answer(words: string): Promise<{ id: number; messageId: string }> {
  const requester = await person();
  const ticket = await open(requester);
  await notify();
  await comment(ticket, await person({ role: 'coordinator' }), words);
  const row = (await notify()).find(({ recipient }) => recipient === requester.email);
  return { id: row?.id ?? 0, messageId: row?.messageId ?? '' };
}

/** Sends what is due of a row, as if its time had come. */
async function send(id: number): Promise<{ state: string; response: string | null; reason: string | null }> {
  await query(`update outbound_message set send_after = now() - interval '1 minute', lease_until = null where id = ?`, [
    id,
  ]);
  await sendMessages(started.desk.transaction, [id], started.desk.jobs.send);
  const [row] = await query<{ state: string; response: string | null; reason: string | null }>(
    'select state, smtp_response as response, reason from outbound_message where id = ?',
    [id],
  );
  return row ?? { state: 'gone', response: null, reason: null };
}

test('an answer goes out by the Gmail API, from the account, and its reply is known by what Google leaves alone', async () => {
  const { id, messageId } = await answer('Please restart it.');
  expect(await send(id)).toMatchObject({ state: 'sent', response: expect.stringMatching(/Gmail took it/) as string });
  const raw = sentBy().at(-1) ?? '';
  expect(header(raw, 'From')).toContain(`<${ADDRESS}>`);
  expect(header(raw, 'Message-ID')).not.toBe(messageId);
  expect(header(raw, 'References').split(' ').at(-1)).toBe(messageId);
  expect(header(raw, 'Reply-To')).toMatch(/^support\+r\./);
  expect(started.desk.caught.mails).toEqual([]);
});

test('one that Gmail took without answering is found by our id and not sent twice, at once or at the next try', async () => {
  const before = sentBy().length;
  const { id } = await answer('Found at once.');
  server.fail({ on: 'messages.send', status: 500, done: true });
  // After a failure the account rests: the look at once is refused too, the one of the next try is not.
  expect((await send(id)).state).toMatch(/^(sent|ambiguous)$/);
  await started.desk.transaction((tx) => tx.em.execute('update mailbox set version = version + 1'));
  expect(await send(id)).toMatchObject({ state: 'sent', reason: null });
  expect(sentBy()).toHaveLength(before + 1);
});

test('one that Gmail did not take is sent again, once', async () => {
  const before = sentBy().length;
  const { id } = await answer('Sent again.');
  server.fail({ on: 'messages.send', status: 503 });
  expect(await send(id)).toMatchObject({ state: 'ambiguous' });
  await started.desk.transaction((tx) => tx.em.execute('update mailbox set version = version + 1'));
  expect(await send(id)).toMatchObject({ state: 'sent' });
  expect(sentBy()).toHaveLength(before + 1);
});

/** What Google says of a mail that it could not deliver: it knows the mail by the Message-ID that it gave it. */
function googleNotice(returned: string, { type, words }: { type: string; words: string }): string {
  const id = header(returned, 'Message-ID');
  return [
    ...[
      'From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
      `To: ${ADDRESS}`,
      'Auto-Submitted: auto-replied',
    ],
    ...['Subject: Delivery Status Notification (Failure)', `References: ${id}`, `In-Reply-To: ${id}`],
    ...[
      `Message-ID: <${words}.${Date.now()}@mx.google.com>`,
      'MIME-Version: 1.0',
      'X-Failed-Recipients: gone@maravia.example',
    ],
    ...[
      'Content-Type: multipart/report; report-type=delivery-status; boundary="g"',
      '',
      '--g',
      'Content-Type: text/plain',
      '',
    ],
    ...[
      '** Address not found **',
      '',
      '--g',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; googlemail.com',
      '',
    ],
    ...['Final-Recipient: rfc822; gone@maravia.example', 'Action: failed', 'Status: 5.1.1', ''],
    ...['--g', `Content-Type: ${type}`, '', returned, '--g--', ''],
  ].join('\r\n');
}

test.each([
  ['whole', 'message/rfc822', (raw: string) => raw],
  ['by its header', 'text/rfc822-headers', (raw: string) => raw.split('\r\n\r\n')[0] ?? ''],
])(
  'M45: a bounce that names Google’s id and returns our mail %s is tied to its row by our id in References',
  async (words, type, part) => {
    const { id } = await answer(`Comes back ${words}.`);
    await send(id);
    const inbound = await started.desk.receive(googleNotice(part(sentBy().at(-1) ?? ''), { type, words: 'b' }), {
      envelopeTo: ADDRESS,
    });
    expect(inbound).toMatchObject({ state: 'suppressed', decision: 'record-bounce' });
    expect(inbound.reason).toContain(`about outbound message ${id} `);
    expect(await query('select state, reason from outbound_message where id = ?', [id])).toMatchObject([
      { state: 'failed', reason: expect.stringMatching(/^Came back: 5.1.1/) as string },
    ]);
  },
);

test('M45: what somebody else wrote in answer to our mail, and came back, says nothing of our mail', async () => {
  const { id, messageId } = await answer('Is answered.');
  await send(id);
  const theirs = `From: ana@maravia.example\r\nTo: gone@maravia.example\r\nMessage-ID: <re1@maravia.example>\r\nReferences: ${messageId}\r\n\r\nSee below.`;
  const inbound = await started.desk.receive(googleNotice(theirs, { type: 'message/rfc822', words: 'c' }), {
    envelopeTo: ADDRESS,
  });
  expect(inbound.reason).toMatch(/names no message of ours/);
  expect(await query('select state from outbound_message where id = ?', [id])).toEqual([{ state: 'sent' }]);
});
