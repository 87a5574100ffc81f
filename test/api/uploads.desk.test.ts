import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { eventually } from '../support/processes.ts';

const desk = useDesk({ web: true });
let employee: Client;
let token: string;
beforeAll(async () => {
  await desk().account('employee');
  token = await desk().signIn('employee@desk.example');
  employee = client(desk().url, token);
});

const unnamed = () => readdir(join(desk().config.dataDir, 'blobs', 'tmp'));
const count = async () => (await employee.get('/api/tickets')).body['count'];

function form(...files: [name: string, bytes: number][]): FormData {
  const made = new FormData();
  made.set('subject', 'With files');
  made.set('description', 'See there.');
  for (const [name, bytes] of files)
    made.append('attachments', new Blob([Buffer.alloc(bytes, name)], { type: 'text/plain' }), name);
  return made;
}

test('ten files come with a ticket, each with its name and size', async () => {
  const files = Array.from({ length: 10 }, (_, n): [string, number] => [`file ${n}.txt`, n * 1000]);
  const { status, body } = await employee.send('POST', '/api/tickets', form(...files));
  expect(status).toBe(201);
  const [{ attachments }] = body['conversation'] as [
    { attachments: { filename: string; size: number; url: string }[] },
  ];
  expect(attachments.map(({ filename, size }) => [filename, size])).toEqual(files);
  const last = await employee.raw(attachments[9]?.url ?? '');
  expect((await last.arrayBuffer()).byteLength).toBe(9000);
});

const large = form(['large.txt', 25_000_001]);
const wrongField = form();
wrongField.append('files', new Blob(['x']), 'x.txt');
const largeInWrongField = form();
largeInWrongField.append('files', new Blob([Buffer.alloc(3_000_000)], { type: 'text/plain' }), 'large.txt');
const twice = form();
twice.append('subject', 'Again');
const unknown = form();
unknown.set('role', 'admin');
const fields = form();
for (let n = 0; n < 40; n++) fields.set(`field${n}`, 'x');

test.each<[string, FormData, number, string]>([
  ['a file of more than 25 MB', large, 413, 'attachments'],
  ['eleven files', form(...Array.from({ length: 11 }, (_, n): [string, number] => [`${n}`, 1])), 400, 'attachments'],
  ['a file in another field', wrongField, 400, 'files'],
  ['a large file in another field', largeInWrongField, 400, 'files'],
  ['a field given twice', twice, 400, 'subject'],
  ['an unknown field', unknown, 400, 'role'],
  ['forty fields', fields, 400, ''],
])('%s is refused, names its field, and changes nothing', async (_, body, status, field) => {
  const before = await count();
  const answer = await employee.send('POST', '/api/tickets', body);
  expect(answer.status).toBe(status);
  if (field) expect(Object.keys(answer.body['details'] as object)).toEqual([field]);
  expect(await count()).toBe(before);
  await eventually('nothing half-written is left', async () => (await unnamed()).length === 0);
});

test('a file of a type that is not taken is refused and named, and so is one that its name gives away', async () => {
  const before = await count();
  for (const [filename, type] of [
    ['setup.exe', 'application/x-msdownload'],
    ['setup.exe', 'text/plain'],
  ] as const) {
    const body = form(['a.txt', 10]);
    body.append('attachments', new Blob(['MZ'], { type }), filename);
    const answer = await employee.send('POST', '/api/tickets', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body['details']).toEqual({ attachments: [expect.stringContaining('"setup.exe" is not taken')] });
  }
  expect(await count()).toBe(before);
  await eventually('nothing half-written is left', async () => (await unnamed()).length === 0);
});

test('a file is what its bytes say: a page called a picture is unknown bytes, a program called a picture is refused', async () => {
  const add = (bytes: string, filename: string, type: string) => {
    const body = form();
    body.append('attachments', new Blob([Buffer.from(bytes, 'latin1')], { type }), filename);
    return employee.send('POST', '/api/tickets', body);
  };
  const page = await add('<script>alert(1)</script>', 'me.png', 'image/png');
  const [{ attachments } = { attachments: [] }] = page.body['conversation'] as { attachments: object[] }[];
  expect(attachments).toMatchObject([{ content_type: 'application/octet-stream', thumbnail: null }]);
  const before = await count();
  for (const bytes of ['MZ\x90\x00\x03\x00', '\x7fELF\x02\x01\x01'])
    expect(await add(bytes, 'me.png', 'image/png')).toMatchObject({
      status: 400,
      body: { details: { attachments: [expect.stringContaining('"me.png" is not taken')] } },
    });
  expect(await count()).toBe(before);
});

test('types, size and number of files are what the settings say, and the options tell them', async () => {
  await desk().account('admin');
  const admin = client(desk().url, await desk().signIn('admin@desk.example'));
  const set = async (changes: object) => {
    const { version } = (await admin.get('/api/settings')).body;
    expect((await admin.send('PATCH', '/api/settings', { version, ...changes })).status).toBe(200);
  };
  const submit = async (...files: [string, number][]) =>
    (await employee.send('POST', '/api/tickets', form(...files))).status;
  await set({ file_types: ['image/png', 'text/*'], max_file_size: 2000, max_files: 2 });
  expect((await employee.get('/api/options')).body).toMatchObject({
    file_types: ['image/png', 'text/*'],
    max_file_size: 2000,
    max_files: 2,
  });
  expect(await submit(['a.txt', 2000], ['b.txt', 1])).toBe(201);
  expect(await submit(['a.txt', 2001])).toBe(413);
  expect(await submit(['a.txt', 1], ['b.txt', 1], ['c.txt', 1])).toBe(400);
  expect(await submit(['a.pdf', 1])).toBe(400);
  await set({ feature_uploads: false });
  expect(await submit(['a.txt', 1])).toBe(400);
  expect(await submit()).toBe(201);
  expect((await employee.get('/api/options')).body).toMatchObject({ max_files: 0 });
  await set({ feature_uploads: null, file_types: null, max_file_size: null, max_files: null });
});

test.each([
  ['no boundary', 'multipart/form-data', 'x'],
  ['a body without parts', 'multipart/form-data; boundary=b', 'no part at all'],
  [
    'a part without a name',
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n',
  ],
  [
    'an end that never comes',
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name="attachments"; filename="a"\r\n\r\nx',
  ],
  ['nothing', 'multipart/form-data; boundary=b', ''],
])('a form with %s is refused with 400', async (_, type, body) => {
  const answer = await employee.send('POST', '/api/tickets', body, { 'content-type': type });
  expect(answer).toMatchObject({ status: 400, body: { error: expect.any(String), code: expect.any(String) } });
  await eventually('nothing half-written is left', async () => (await unnamed()).length === 0);
});

test('an upload that is cut off leaves nothing behind, and the desk goes on', async () => {
  const before = await count();
  const { port } = new URL(desk().url);
  const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
  socket.write(
    `POST /api/tickets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n` +
      `--b\r\nContent-Disposition: form-data; name="attachments"; filename="half.txt"\r\n\r\n${'x'.repeat(200_000)}`,
  );
  await eventually('bytes arrive', async () => (await unnamed()).length === 1);
  socket.destroy();
  await eventually('they are removed', async () => (await unnamed()).length === 0);
  expect(await count()).toBe(before);
  expect((await employee.send('POST', '/api/tickets', form(['a.txt', 10]))).status).toBe(201);
});
