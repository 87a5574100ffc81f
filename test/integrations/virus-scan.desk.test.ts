import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scanFiles } from '../../src/integrations/virus-scan/scan-files.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { startTestDesk, useDesk, type TestDesk } from '../support/desk.ts';
import { outbox } from '../mail/outbound/outbox.ts';

/* A scanner that says what it is told: what clamd itself finds is the matter of virus-scan.system.test.ts. */

let version = 'ClamAV 1.0/1/today';
let answer: string | null = 'stream: OK\0';
let scans = 0;
let scanner: Server;
let desk: TestDesk;
let stop: () => Promise<void>;
let ana: Actor;
let cora: Actor;
beforeAll(async () => {
  scanner = createServer((socket) => {
    socket.on('error', () => undefined);
    let got = Buffer.alloc(0);
    socket.on('data', (piece) => {
      got = Buffer.concat([got, piece]);
      if (got.toString().startsWith('zVERSION')) socket.end(`${version}\0`);
      if (!got.subarray(-4).equals(Buffer.alloc(4))) return;
      scans += 1;
      if (answer === null) socket.destroy();
      else socket.end(answer);
    });
  });
  await new Promise<void>((resolve) => scanner.listen(0, '127.0.0.1', resolve));
  const env = { CLAMD_URL: `tcp://127.0.0.1:${(scanner.address() as AddressInfo).port}` };
  ({ desk, stop } = await startTestDesk({ web: true, env }));
  [ana, cora] = [await newActor(desk, 'employee', 'Ana'), await newActor(desk, 'coordinator', 'Cora')];
});
afterAll(async () => {
  await stop?.();
  scanner?.close();
});

interface Uploaded {
  id: number;
  url: string;
  ticket: number;
}
async function upload(by: Actor, words: string): Promise<Uploaded> {
  const form = new FormData();
  for (const [field, value] of Object.entries({ subject: 'File', description: 'x', category: 'Other' }))
    form.set(field, value);
  form.append('attachments', new File([words], 'words.txt', { type: 'text/plain' }));
  const { body } = await by.send('POST', '/api/tickets', form);
  const [first] = body['conversation'] as { attachments: { id: number; url: string }[] }[];
  const [file] = first?.attachments ?? [];
  return { id: file?.id ?? 0, url: file?.url ?? '', ticket: Number(body['id']) };
}
const rows = (sql: string, params: unknown[] = []) =>
  desk.transaction((tx) => tx.em.execute<Record<string, unknown>[]>(sql, params));
const state = async ({ id }: Uploaded) => (await rows('select scan from attachment where id = ?', [id]))[0]?.['scan'];
const turn = () => scanFiles(desk.transaction, desk.jobs.scan);
/** As if the time of all had come. */
const due = () => rows(`update attachment set scan_next_at = now() - interval '1 second'`);

test('T21: the same bytes are scanned once, and all that have them are told', async () => {
  const [one, two] = [await upload(ana, 'The same'), await upload(cora, 'The same')];
  scans = 0;
  await turn();
  expect([scans, await state(one), await state(two)]).toEqual([1, 'clean', 'clean']);
  expect(await turn()).toBe(0);
});

test('T21: when the signatures change every file is looked at again, and what is found then is given to nobody any more', async () => {
  const file = await upload(ana, 'New kind of virus');
  await turn();
  expect((await ana.raw(file.url)).status).toBe(200);
  version = 'ClamAV 1.0/2/tomorrow';
  answer = 'stream: New.Virus FOUND\0';
  await due();
  while ((await turn()) > 0);
  expect([await state(file), (await ana.raw(file.url)).status, (await cora.raw(file.url)).status]).toEqual([
    'infected',
    403,
    403,
  ]);
  expect(await rows(`select distinct scan_signatures, scan_found from attachment`)).toEqual([
    { scan_signatures: version, scan_found: 'New.Virus' },
  ]);
  expect(await turn()).toBe(0);
  answer = 'stream: OK\0';
});

test('M49: a scanner that breaks off each time has said nothing: the file is asked about later, then given up, and never clean', async () => {
  answer = null;
  const file = await upload(ana, 'Break off');
  for (let n = 0; n < 4; n++) {
    await due();
    await turn();
    expect([await state(file), (await ana.raw(file.url)).status, (await cora.raw(file.url)).status]).toEqual([
      'unscanned',
      503,
      200,
    ]);
    expect(await turn()).toBe(0); // its time has not come
  }
  await due();
  await turn();
  expect([await state(file), (await ana.raw(file.url)).status, (await cora.raw(file.url)).status]).toEqual([
    'error',
    403,
    200,
  ]);
  answer = 'stream: OK\0';
});

test('T21: a link and a thumbnail give a requester no file of which nothing is known', async () => {
  const file = await upload(ana, 'Linked');
  const { body } = await ana.post(`/api/attachments/${file.id}/link`);
  expect([body['code'], (await cora.post(`/api/attachments/${file.id}/link`)).status]).toEqual(['unavailable', 200]);
});

/** An answer of Cora's with a file, noticed, and its mail as the outbox has it. */
async function answerWithFile(words: string) {
  const { ticket } = await upload(ana, words);
  const form = new FormData();
  form.set('body', words);
  form.append('attachments', new File([`bytes of ${words}`], 'form.txt', { type: 'text/plain' }));
  expect((await cora.send('POST', `/api/tickets/${ticket}/comments`, form)).status).toBe(201);
  await rows(`update ticket_event set notice_after = null where ticket_id = ?`, [ticket]);
  const made = (await outbox(() => desk).notify()).find(({ template }) => template === 'public-reply');
  const send = async () => {
    await rows(`update outbound_message set send_after = now() where id = ?`, [made?.id]);
    await outbox(() => desk).send([made?.id ?? 0]);
    return desk.caught.mails.find(({ raw }) => raw.includes(words))?.raw;
  };
  return { send, reason: async () => (await outbox(() => desk).row(made?.id ?? 0)).reason };
}
const inBase64 = (words: string) => Buffer.from(`bytes of ${words}`).toString('base64');

test('T21: a mail waits until its files are scanned, and leaves with those that are clean', async () => {
  const { send, reason } = await answerWithFile('The first form');
  expect(await send()).toBeUndefined();
  expect(await reason()).toBe('It waits until its files are scanned for viruses');
  await due();
  while ((await turn()) > 0);
  expect(await send()).toContain(inBase64('The first form'));
});

test('T21: a mail whose files cannot be scanned leaves without them after ten minutes', async () => {
  const { send } = await answerWithFile('The second form');
  await rows(`update attachment set created_at = now() - interval '11 minutes'`);
  const mail = await send();
  expect(mail).toContain('The second form');
  expect(mail).not.toContain(inBase64('The second form'));
});

const without = useDesk({ web: true });
test('without a scanner files stay unscanned, say so, and are given to whoever may see them', async () => {
  const ben = await newActor(without(), 'employee', 'Ben');
  const form = new FormData();
  for (const [field, value] of Object.entries({ subject: 'File', description: 'x', category: 'Other' }))
    form.set(field, value);
  form.append('attachments', new File(['x'], 'words.txt', { type: 'text/plain' }));
  const { body } = await ben.send('POST', '/api/tickets', form);
  const [first] = body['conversation'] as { attachments: { scan: string; url: string }[] }[];
  const [file] = first?.attachments ?? [];
  expect([file?.scan, (await ben.raw(file?.url ?? '')).status]).toEqual(['unscanned', 200]);
  expect(await scanFiles(without().transaction, without().jobs.scan)).toBe(0);
});
