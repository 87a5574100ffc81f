import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { clamdScanner } from '../../src/files/clamd.ts';

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

/** Something on a port that answers a whole question with this; what it was sent comes with it. */
async function scripted(answer: (socket: Socket, got: Buffer) => void): Promise<{ host: string; port: number }> {
  const server = createServer((socket) => {
    let got = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      got = Buffer.concat([got, piece]);
      if (got.subarray(-4).equals(Buffer.alloc(4)) || got.toString().startsWith('zVERSION')) answer(socket, got);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}
const says = async (text: string) =>
  clamdScanner(await scripted((socket) => socket.end(text)), 2000).scan(Readable.from([Buffer.from('bytes')]));

test('T21: only the one answer that says so is clean', async () => {
  expect(await says('stream: OK\0')).toEqual({ state: 'clean' });
  expect(await says('stream: Eicar FOUND\0')).toEqual({ state: 'infected', found: 'Eicar' });
  for (const found of ['Heuristics.Limits.Exceeded.MaxFileSize', 'Heuristics.Encrypted.Zip'])
    expect(await says(`stream: ${found} FOUND\0`)).toEqual({ state: 'error', found });
  expect(await says('INSTREAM size limit exceeded. ERROR\0')).toMatchObject({ state: 'error' });
  for (const text of [
    '',
    'stream: OK',
    'stream: OK\n',
    'OK\0',
    'stream: OK maybe\0',
    'stream: lstat() failed. ERROR\0',
    `${'x'.repeat(10_000)}\0`,
  ])
    await expect(says(text), JSON.stringify(text.slice(0, 40))).rejects.toMatchObject({ name: 'ScannerAway' });
});

test('a file is sent in pieces behind their lengths, and ends with a length of nothing', async () => {
  let sent: Buffer = Buffer.alloc(0);
  const address = await scripted((socket, got) => {
    sent = got;
    socket.end('stream: OK\0');
  });
  const bytes = Buffer.alloc(150_000, 'a');
  await clamdScanner(address).scan(Readable.from([bytes]));
  expect(sent.subarray(0, 10).toString()).toBe('zINSTREAM\0');
  const pieces: Buffer[] = [];
  for (let at = 10; at < sent.length;) {
    const length = sent.readUInt32BE(at);
    pieces.push(sent.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  expect(pieces.map(({ length }) => length)).toEqual([65_536, 65_536, 18_928, 0]);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});

test('M49: one that hangs, and a file that cannot be read to its end, give no verdict', async () => {
  const hangs = await scripted(() => undefined);
  await expect(clamdScanner(hangs, 100).scan(Readable.from([Buffer.from('x')]))).rejects.toMatchObject({
    name: 'ScannerAway',
  });
  const well = await scripted((socket) => socket.end('stream: OK\0'));
  async function* broken() {
    yield Buffer.from('x');
    throw new Error('The blob is damaged');
  }
  await expect(clamdScanner(well, 500).scan(Readable.from(broken()))).rejects.toThrow(
    /damaged|broke off|cannot be read/,
  );
  await expect(clamdScanner({ host: '127.0.0.1', port: 1 }).signatures()).rejects.toMatchObject({
    name: 'ScannerAway',
  });
});
