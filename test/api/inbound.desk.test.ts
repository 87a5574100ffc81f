import { request as httpRequest } from 'node:http';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { LIMITS } from '../../src/contract/limits.ts';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { newActor, newKey } from '../support/actors.ts';
import { client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { addMailbox, addPushMailbox, signPush, type PushMailbox } from '../support/mailboxes.ts';

const LIMIT = 20_000;
const desk = useDesk({ web: true, env: { MAX_MESSAGE_BYTES: String(LIMIT) } });
let mailbox: PushMailbox;
beforeAll(async () => {
  mailbox = await addPushMailbox(desk());
});

let turn = 0;
const mail = (words = 'Words') =>
  `From: Ana <ana@maravia.example>\r\nTo: ${mailbox.address}\r\nSubject: Push ${++turn}\r\nMessage-ID: <push${turn}@maravia.example>\r\n\r\n${words} ${turn}\r\n`;

interface Pushed {
  status: number;
  body: { id?: number; duplicate?: boolean; code?: string; error?: string };
}
async function push(
  body: string | Buffer,
  headers: Record<string, string> = signPush(mailbox.secret, body),
  to: string | number = mailbox.address,
): Promise<Pushed> {
  const type = { 'content-type': 'message/rfc822' };
  const init = { method: 'POST', headers: { ...type, ...headers }, body: new Uint8Array(Buffer.from(body)) };
  const response = await client(desk().url).raw(`/api/inbound/${encodeURIComponent(to)}`, init);
  return { status: response.status, body: (await response.json()) as Pushed['body'] };
}

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const rows = async () => Number((await query<{ count: string }>('select count(*) from inbound_message'))[0]?.count);
const blobs = async () => {
  const entries = await readdir(join(desk().config.dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
};

/** Nothing of it may stay: no row, no bytes. */
async function expectRefused(pushed: () => Promise<Pushed>, status: number, code: string): Promise<void> {
  const before = [await rows(), await blobs()];
  const { status: said, body } = await pushed();
  expect([said, body.code]).toEqual([status, code]);
  expect([await rows(), await blobs()]).toEqual(before);
}

test('a signed message is kept as it came and becomes a ticket of its mailbox, by whatever name the mailbox is called', async () => {
  for (const name of [mailbox.address, mailbox.address.toUpperCase(), mailbox.id]) {
    const raw = mail();
    const { status, body } = await push(raw, signPush(mailbox.secret, raw), name);
    expect([status, body]).toEqual([202, { id: expect.any(Number) as number, duplicate: false }]);
    await ingestMessages(desk().ingest, [body.id ?? 0]);
    const [row] = await query<{ state: string; raw_sha256: string; mailbox_id: string; subject: string }>(
      `select i.state, i.raw_sha256, t.mailbox_id, t.subject from inbound_message i join ticket t on t.id = i.ticket_id where i.id = ?`,
      [body.id],
    );
    expect(row).toMatchObject({ state: 'applied', mailbox_id: String(mailbox.id), subject: `Push ${turn}` });
    expect((await desk().blobs.read(row?.raw_sha256 ?? '')).toString()).toBe(raw);
  }
});

test('what is pushed again, by the same request or another one, is the same delivery; twenty at once too', async () => {
  const raw = mail();
  const headers = signPush(mailbox.secret, raw);
  const first = await push(raw, headers);
  expect(await push(raw, headers)).toEqual({ status: 202, body: { id: first.body.id, duplicate: true } });
  const before = await rows();
  const other = mail();
  const all = await Promise.all(Array.from({ length: 20 }, () => push(other)));
  expect(new Set(all.map(({ body }) => body.id)).size).toBe(1);
  expect(all.filter(({ body }) => !body.duplicate)).toHaveLength(1);
  expect(await rows()).toBe(before + 1);
});

test('a message that was pushed wakes the desk in the transaction that keeps it', async () => {
  const { body } = await push(mail());
  const jobs = await query<{ data: { ids: number[] } }>(`select data from pgboss.job where name = 'ingest-messages'`);
  expect(jobs.flatMap(({ data }) => data.ids)).toContain(body.id);
});

test.each<[string, (raw: string) => Record<string, string>, string]>([
  ['no signature', () => ({}), 'authentication_required'],
  ['half a signature', (raw) => ({ ...signPush(mailbox.secret, raw), 'webhook-id': '' }), 'authentication_required'],
  ['the signature of another body', () => signPush(mailbox.secret, 'other'), 'invalid_credentials'],
  [
    'the secret of another mailbox',
    (raw) => signPush(`whsec_${Buffer.alloc(32).toString('base64')}`, raw),
    'invalid_credentials',
  ],
  [
    'a time of six minutes ago',
    (raw) => signPush(mailbox.secret, raw, { at: new Date(Date.now() - 360_000) }),
    'invalid_credentials',
  ],
  [
    'a time six minutes ahead',
    (raw) => signPush(mailbox.secret, raw, { at: new Date(Date.now() + 360_000) }),
    'invalid_credentials',
  ],
  [
    'an old signature with the time of now',
    (raw) => ({
      ...signPush(mailbox.secret, raw, { at: new Date(Date.now() - 360_000) }),
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
    }),
    'invalid_credentials',
  ],
])('a push with %s is refused, and nothing of it stays', async (_what, headers, code) => {
  const raw = mail();
  await expectRefused(() => push(raw, headers(raw)), 401, code);
});

test('which mailboxes there are, and how their mail comes, is told to nobody who cannot sign', async () => {
  const polled = `polled${++turn}@desk.example`;
  await addMailbox(desk(), { address: polled, secret: { pushSecret: mailbox.secret } });
  const raw = mail();
  const answers = await Promise.all(
    [polled, 'nobody@desk.example', '999999', mailbox.address].map((to) => push(raw, signPush('whsec_AAAA', raw), to)),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test('a message of exactly the limit is taken; one byte more is 413 and leaves nothing, whether its length was said or not', async () => {
  const head = mail('');
  const of = (bytes: number) => head + 'x'.repeat(bytes - head.length);
  expect((await push(of(LIMIT))).status).toBe(202);
  await expectRefused(() => push(of(LIMIT + 1)), 413, 'payload_too_large');
  await expectRefused(() => pushInPieces(of(LIMIT * 50)), 413, 'payload_too_large');
});

/** Without a Content-Length, as a sender that does not know how long it will be. */
function pushInPieces(body: string): Promise<Pushed> {
  const { hostname, port } = new URL(desk().url);
  return new Promise((resolve, reject) => {
    const headers = signPush(mailbox.secret, body);
    const asked = httpRequest({ hostname, port, method: 'POST', path: `/api/inbound/${mailbox.id}`, headers });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Pushed['body'] }));
    });
    for (let at = 0; at < body.length; at += 10_000) asked.write(body.slice(at, at + 10_000));
    asked.end();
  });
}

test('a body that is cut off is no message: nothing of it stays', async () => {
  const { hostname, port } = new URL(desk().url);
  const raw = mail('x'.repeat(5000));
  const before = [await rows(), await blobs()];
  await new Promise<void>((resolve) => {
    const headers = { ...signPush(mailbox.secret, raw), 'content-length': String(raw.length) };
    const asked = httpRequest({ hostname, port, method: 'POST', path: `/api/inbound/${mailbox.id}`, headers });
    asked.on('error', () => resolve());
    asked.write(raw.slice(0, 2000), () => asked.destroy());
  });
  // A later push comes through whole, so the cut one has been dealt with or is nothing yet.
  expect((await push(mail())).status).toBe(202);
  expect([await rows(), await blobs()]).toEqual([Number(before[0]) + 1, Number(before[1]) + 1]);
});

test('an empty body is refused, and garbage is kept and waits in quarantine: it may be a mail that somebody broke', async () => {
  await expectRefused(() => push(''), 400, 'malformed_request');
  for (const garbage of [Buffer.from([0, 255, 13, 10, 0]), Buffer.alloc(15_000, 0xfe), Buffer.from('{"json": true}')]) {
    const { status, body } = await push(garbage);
    expect(status).toBe(202);
    await ingestMessages(desk().ingest, [body.id ?? 0]);
    const [row] = await query<{ state: string; raw_sha256: string }>(
      'select state, raw_sha256 from inbound_message where id = ?',
      [body.id],
    );
    expect(row?.state).toBe('quarantined');
    expect(await desk().blobs.read(row?.raw_sha256 ?? '')).toEqual(garbage);
  }
});

test('an API key with the scope inbound:write needs no signature; one without it, or a session, is nothing here', async () => {
  const admin = await newActor(desk(), 'admin');
  const keyed = await newKey(desk(), admin, ['inbound:write']);
  const send = (by: typeof keyed, body: string, to = mailbox.address) =>
    by.raw(`/api/inbound/${to}`, { method: 'POST', body });
  const raw = mail();
  expect((await send(keyed, raw)).status).toBe(202);
  expect((await send(keyed, raw, 'nobody@desk.example')).status).toBe(404);
  expect((await send(await newKey(desk(), admin, ['tickets:write']), raw)).status).toBe(403);
  expect((await send(admin, raw)).status).toBe(401);
});

test('a mailbox that is switched off has the sender come again later', async () => {
  const off = await addPushMailbox(desk());
  await query('update mailbox set enabled = false where id = ?', [off.id]);
  const raw = mail();
  await expectRefused(() => push(raw, signPush(off.secret, raw), off.id), 503, 'unavailable');
});

test('V7: wrong signatures have an end, and right ones take nothing off it', async () => {
  expect(LIMITS.push).toEqual({ most: 30, seconds: 60, by: 'ip', failures: true });
  const raw = mail();
  const left = async (headers: Record<string, string>) => {
    const init = { method: 'POST', headers, body: raw };
    const { headers: said } = await client(desk().url).raw(`/api/inbound/${mailbox.id}`, init);
    return Number(/"push";r=(\d+)/.exec(said.get('ratelimit') ?? '')?.[1]);
  };
  const before = await left({});
  expect(await left(signPush(mailbox.secret, raw))).toBe(before - 1);
  expect(await left({})).toBe(before - 1);
});
