import { gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clamdScanner } from '../../src/files/clamd.ts';
import { scanFiles } from '../../src/integrations/virus-scan/scan-files.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { EICAR, startClamd, type Clamd } from '../support/clamav.ts';
import { startTestDesk, type TestDesk } from '../support/desk.ts';
import { eventually } from '../support/processes.ts';

/* A real clamd, of Debian. */

let clamd: Clamd;
let desk: TestDesk;
let stop: () => Promise<void>;
let ana: Actor;
let cora: Actor;
beforeAll(async () => {
  clamd = await startClamd();
  ({ desk, stop } = await startTestDesk({ web: true, env: { CLAMD_URL: clamd.url } }));
  [ana, cora] = [await newActor(desk, 'employee', 'Ana'), await newActor(desk, 'coordinator', 'Cora')];
});
afterAll(async () => {
  await stop?.();
  await clamd?.stop();
});

async function upload(name: string, bytes: string | Buffer, type = 'text/plain'): Promise<{ id: number; url: string }> {
  const form = new FormData();
  for (const [field, value] of Object.entries({ subject: name, description: 'x', category: 'Other' }))
    form.set(field, value);
  form.append('attachments', new File([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)], name, { type }));
  const { status, body } = await ana.send('POST', '/api/tickets', form);
  expect([status, body['error']]).toEqual([201, undefined]);
  const [first] = body['conversation'] as { attachments: { id: number; url: string }[] }[];
  const [file] = first?.attachments ?? [];
  if (!file) throw new Error('no file');
  return file;
}

/** What a scan says is asked for now, not when its time has come. */
async function scan(id: number): Promise<{ scan: string; scan_found: string | null }> {
  const rows = (sql: string) =>
    desk.transaction((tx) => tx.em.execute<{ scan: string; scan_found: string | null }[]>(sql, [id]));
  await rows(`update attachment set scan_next_at = now() - interval '1 second' where id = ?`);
  await scanFiles(desk.transaction, desk.jobs.scan);
  return (await rows('select scan, scan_found from attachment where id = ?'))[0] ?? { scan: '', scan_found: null };
}
const statuses = async ({ url }: { url: string }) => [(await ana.raw(url)).status, (await cora.raw(url)).status];

test('T21: with scanning on requesters get what is clean, and nothing before that is known; staff gets it labelled', async () => {
  const file = await upload('words.txt', 'Words');
  expect(await statuses(file)).toEqual([503, 200]);
  expect(await scan(file.id)).toEqual({ scan: 'clean', scan_found: null });
  expect(await statuses(file)).toEqual([200, 200]);
});

test('T21: EICAR is found, in a file and in an archive, and is given to nobody', async () => {
  for (const [name, bytes] of [
    ['eicar.txt', EICAR],
    ['eicar.txt.gz', gzipSync(EICAR)],
  ] as const) {
    const file = await upload(name, bytes, name.endsWith('gz') ? 'application/gzip' : 'text/plain');
    expect(await scan(file.id)).toMatchObject({
      scan: 'infected',
      scan_found: expect.stringContaining('Eicar') as string,
    });
    expect(await statuses(file)).toEqual([403, 403]);
  }
});

test('T21: what cannot be looked into, as it is too large, a bomb or too deep, is never clean', async () => {
  const bomb = gzipSync(Buffer.alloc(40_000_000));
  let nested = gzipSync(EICAR);
  for (let n = 0; n < 8; n++) nested = gzipSync(nested, { level: 0 });
  for (const [name, bytes] of [
    ['large.txt', Buffer.alloc(3_000_000, 'a')],
    ['larger.txt', Buffer.alloc(9_000_000, 'a')],
    ['bomb.gz', bomb],
    ['deep.gz', nested],
  ] as const) {
    const file = await upload(name, bytes, name.endsWith('gz') ? 'application/gzip' : 'text/plain');
    // clamd hangs up on what is too large for its stream, mostly before its answer is read: that is asked about five times.
    const states: string[] = [];
    while (states.length < 5 && (states.at(-1) ?? 'unscanned') === 'unscanned') states.push((await scan(file.id)).scan);
    expect([name, states.includes('clean'), states.includes('unscanned') && name !== 'larger.txt']).toEqual([
      name,
      false,
      false,
    ]);
    expect(['error', 'infected']).toContain(states.at(-1));
    expect((await ana.raw(file.url)).status).toBe(403);
  }
});

test('M49: with clamd down files stay unscanned and usable for staff, and are scanned once it is back', async () => {
  await clamd.kill();
  const file = await upload('down.txt', 'While it is down');
  expect(await scan(file.id)).toMatchObject({ scan: 'unscanned' });
  expect(await statuses(file)).toEqual([503, 200]);
  await clamd.start();
  expect(await scan(file.id)).toMatchObject({ scan: 'clean' });
});

test('M49: a clamd that hangs, and one that dies in the middle of a file, have said nothing', async () => {
  const address = { host: '127.0.0.1', port: Number(new URL(clamd.url).port) };
  clamd.hold();
  await expect(clamdScanner(address, 500).scan(Readable.from([Buffer.from('x')]))).rejects.toThrow(
    'did not answer within 0.5 s',
  );
  clamd.release();
  async function* slowly() {
    yield Buffer.alloc(100_000);
    await clamd.kill();
    yield Buffer.alloc(100_000);
  }
  await expect(clamdScanner(address, 5000).scan(Readable.from(slowly()))).rejects.toMatchObject({
    name: 'ScannerAway',
  });
  await clamd.start();
  await eventually('it scans again', () =>
    clamdScanner(address)
      .scan(Readable.from([Buffer.from('x')]))
      .then(
        ({ state }) => state === 'clean',
        () => false,
      ),
  );
});
