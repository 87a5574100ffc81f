import { createHash } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { beforeAll, expect, test } from 'vitest';
import { framePath, readFrameToken, type Framed } from '../../src/api/frame-token.ts';
import { replyAddress } from '../../src/mail/reply-token.ts';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });

interface Shown {
  id: number;
  frame: string | null;
  body: string;
  visibility: string;
  attachments: { id: number; inline: boolean; url: string }[];
}

let staff: Client;
let ticketId: number;
let shown: Shown;
beforeAll(async () => {
  await desk().account('coordinator');
  staff = client(desk().url, await desk().signIn('coordinator@desk.example'));
  ticketId = (await desk().receive('html-with-inline-image')).ticketId ?? 0;
  [shown] = (await conversation(staff, ticketId)) as [Shown];
});

async function conversation(reader: Client, id: number): Promise<Shown[]> {
  return (await reader.get(`/api/tickets/${id}`)).body['conversation'] as Shown[];
}
const fetchPath = (path: string) => fetch(desk().url + path);
const htmlOf = async (path: string | null) => (await fetchPath(path ?? '')).text();

test('the html of a mail is read without a sign-in by the path that the ticket gives, and by no other', async () => {
  expect(shown.frame).toMatch(/^\/frame\/[\w-]+\.[\w-]+\.[\w-]+$/);
  expect((await fetchPath(shown.frame ?? '')).status).toBe(200);
  expect(await htmlOf(shown.frame)).toContain('Here is a photo');
  for (const path of [`/frame/${shown.id}`, '/frame', '/frame/', '/frame/..%2f..%2fetc%2fpasswd'])
    expect((await fetchPath(path)).status, path).toBe(404);
});

test('a page that is loaded again within five minutes gets the same path, so that its frames stay', async () => {
  const ring = desk().secrets.frames;
  const framed: Framed = { kind: 'comment', id: 7 };
  const begin = 1_800_000_000 - (1_800_000_000 % 300);
  expect(framePath(ring, framed, begin + 1)).toBe(framePath(ring, framed, begin + 299));
  expect(framePath(ring, framed, begin + 1)).not.toBe(framePath(ring, framed, begin + 301));
});

test.each<[string, (frame: Framed) => string]>([
  ['expired', (framed) => framePath(desk().secrets.frames, framed, Math.floor(Date.now() / 1000) - 1300)],
  ['of another key', (framed) => framePath({ current: 'a', keys: new Map([['a', Buffer.alloc(32, 1)]]) }, framed)],
  ['of a key for another purpose', (framed) => framePath(desk().secrets.accessTokens, framed)],
  [
    'of an unknown key id',
    (framed) => framePath({ current: 'z', keys: new Map([['z', Buffer.alloc(32, 1)]]) }, framed),
  ],
  ['for another audience', (framed) => sign(framed, { audience: 'api' })],
  ['without an audience', (framed) => sign(framed, {})],
  ['without an expiry', (framed) => sign(framed, { audience: 'frame' }, false)],
  ['with another algorithm', (framed) => sign(framed, { audience: 'frame', algorithm: 'HS512' })],
  ['without a signature', (framed) => framePath(desk().secrets.frames, framed).replace(/[^.]+$/, '')],
  ['for another kind of thing', (framed) => sign({ ...framed, kind: 'employee' }, { audience: 'frame' })],
  ['for another id, the signature kept', (framed) => swapPayload(framed)],
  ['for what does not exist', () => framePath(desk().secrets.frames, { kind: 'comment', id: 999_999 })],
  ['for a local mail that does not exist', () => framePath(desk().secrets.frames, { kind: 'local', id: 999_999 })],
  [
    'for a file as an image that is none',
    () => framePath(desk().secrets.frames, { kind: 'image', id: shown.attachments[1]?.id ?? 0 }),
  ],
])('a path that is %s is answered 404 and shows nothing', async (_, make) => {
  const response = await fetchPath(make({ kind: 'comment', id: shown.id }));
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'not_found' });
  expect(response.headers.get('cache-control') ?? '').not.toContain('public');
});

function sign(claims: object, options: jwt.SignOptions, expires = true): string {
  const { keys, current } = desk().secrets.frames;
  const exp = Math.floor(Date.now() / 1000) + 900;
  const given = { ...claims, ...(expires && { exp }) };
  return `/frame/${jwt.sign(given, keys.get(current) ?? '', { algorithm: 'HS256', keyid: current, ...options })}`;
}

function swapPayload(framed: Framed): string {
  const [head, , signature] = framePath(desk().secrets.frames, framed).split('.');
  const payload = Buffer.from(JSON.stringify({ ...framed, id: 1, aud: 'frame', exp: 9_999_999_999 }));
  return `${head}.${payload.toString('base64url')}.${signature}`;
}

test('a frame token opens only what it names', () => {
  const ring = desk().secrets.frames;
  const token = framePath(ring, { kind: 'comment', id: 7 }).slice('/frame/'.length);
  expect(readFrameToken(ring, token)).toEqual({ kind: 'comment', id: 7 });
  expect(readFrameToken(ring, 'no token')).toBeNull();
});

test('T10, T11, T26: nothing in the html runs, lies over the page, sends a form or asks a foreign server', async () => {
  const html = await htmlOf(shown.frame);
  expect(html).not.toMatch(/<(script|iframe|object|embed|form|input|button|video|svg|link|base href)/i);
  expect(html).not.toMatch(/\son\w+=/i);
  expect(html).not.toMatch(/javascript:|http-equiv|srcset|@import|position|background-image/i);
  expect(html).not.toMatch(/\s(src|href|background|action|poster)="?\s*(https?:)?\/\/track\.example/i);
  expect(html).not.toMatch(/url\(/i);
  expect(html).toMatch(
    /<a href="https:\/\/engine\.example\/manual" rel="noopener noreferrer nofollow" target="_blank">/,
  );
  // What was taken out is told, so that a reader may ask for it.
  expect(html).toContain('data-blocked-src="https://track.example/open.gif"');
});

test('images of the mail itself come by signed paths; what is no image of it keeps its cid and loads nothing', async () => {
  const html = await htmlOf(shown.frame);
  const sources = [...html.matchAll(/<img [^>]*?(?<=\s)src="([^"]*)"/g)].map(([, src]) => src ?? '');
  expect(sources).toEqual([
    expect.stringMatching(/^\/frame\/\S+$/),
    'cid:unknown@engine',
    expect.stringMatching(/^(\/frame\/\S+|cid:drawing@engine)$/),
  ]);
  const image = await fetchPath(sources[0] ?? '');
  expect(image.status).toBe(200);
  const bytes = Buffer.from(await image.arrayBuffer());
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  const [{ sha256 } = { sha256: '' }] = await desk().transaction((tx) =>
    tx.em.execute<{ sha256: string }[]>('select sha256 from attachment where id = ?', [shown.attachments[0]?.id]),
  );
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  // A drawing that could run scripts is never an image.
  if (sources[2]?.startsWith('/')) expect((await fetchPath(sources[2])).status).toBe(404);
});

test("a mail of another ticket cannot show this one's images by their Content-ID", async () => {
  const thief = `From: eve@engine.example\nTo: support@localhost\nSubject: Show me\nMessage-ID: <thief@engine.example>\nContent-Type: text/html\n\n<img src="cid:photo@engine">\n`;
  const { ticketId: other } = await desk().receive(thief);
  const [comment] = await conversation(staff, other ?? 0);
  expect(await htmlOf(comment?.frame ?? '')).toContain('<img src="cid:photo@engine"');
});

test('a plain text mail has no frame', async () => {
  const { ticketId: plain } = await desk().receive('new-request');
  expect((await conversation(staff, plain ?? 0))[0]).toMatchObject({ frame: null });
});

test('who may not see a comment is given no path to its html', async () => {
  const query = <T>(sql: string, params: unknown[]) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
  const [ada] = await query<{ participant: string }>('select id as participant from participant where ticket_id = ?', [
    ticketId,
  ]);
  const to = replyAddress(desk().secrets.replyTokens, desk().mailbox, ticketId, Number(ada?.participant));
  await desk().receive(
    `From: eve@engine.example\nTo: ${to}\nSubject: Re\nMessage-ID: <eve@engine.example>\nContent-Type: text/html\n\n<b>held back</b>\n`,
  );
  expect(await conversation(staff, ticketId)).toMatchObject([
    { visibility: 'public', frame: expect.any(String) },
    { visibility: 'pending', frame: expect.any(String) },
  ]);

  // Her mail made her a contact; with an account she sees her own ticket.
  await query(
    `update employee set status = 'approved', password_hash = (select password_hash from employee where role = 'coordinator')
      where email = 'ada@engine.example'`,
    [],
  );
  const reader = client(desk().url, await desk().signIn('ada@engine.example'));
  const seen = await conversation(reader, ticketId);
  expect(seen.map(({ id, frame }) => [id, typeof frame])).toEqual([[shown.id, 'string']]);
});
