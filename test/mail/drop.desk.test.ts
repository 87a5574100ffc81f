import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { useDesk } from '../support/desk.ts';

const LIMIT = 200_000;
const desk = useDesk({ worker: true, env: { MAX_MESSAGE_BYTES: String(LIMIT) } });
let drop!: { port: number; stop(): Promise<void> };
beforeAll(async () => {
  drop = await desk().startDrop('127.0.0.1', 0);
});
afterAll(() => drop.stop());

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));

function send(raw: string | Buffer, to = 'support@localhost') {
  const transport = createTransport({ host: '127.0.0.1', port: drop.port, ignoreTLS: true });
  return transport.sendMail({ envelope: { from: 'ana@maravia.example', to }, raw });
}

const good = (id: string) =>
  `From: ana@maravia.example\r\nTo: support@localhost\r\nSubject: Good ${id}\r\nMessage-ID: <${id}@maravia.example>\r\n\r\nHello\r\n`;

const outcome = (sha256: string) =>
  eventually(
    `an outcome of ${sha256}`,
    async () =>
      (
        await query<{ state: string; reason: string }>(
          `select state, reason from inbound_message where raw_sha256 = ? and reason is not null`,
          [sha256],
        )
      )[0],
  );

test('250 is said when the bytes are stored and the row is committed, not before', async () => {
  const { response } = await send(good('first'));
  const id = Number(/delivery (\d+)/.exec(response)?.[1]);
  const [row] = await query<{ raw_sha256: string }>('select raw_sha256 from inbound_message where id = ?', [id]);
  expect((await desk().blobs.read(row?.raw_sha256 ?? '')).toString()).toContain('Subject: Good first');
  await eventually('its ticket', async () => (await query(`select 1 from ticket where subject = 'Good first'`))[0]);
});

test('an address that is not ours is refused with 550, one with a plus part is ours', async () => {
  await expect(send(good('stranger'), 'someone@else.example')).rejects.toMatchObject({ responseCode: 550 });
  await expect(send(good('plus'), 'support+anything@localhost')).resolves.toBeDefined();
});

test('a message over the limit is refused with 552, announced or not, and leaves nothing behind', async () => {
  const large = good('large') + 'x'.repeat(99).concat('\r\n').repeat(3000);
  await expect(send(large)).rejects.toMatchObject({ responseCode: 552 });
  expect(await rawSession(large)).toMatch(/^552 /m); // no SIZE= in its MAIL FROM
  expect(await query(`select 1 from inbound_message where raw_size > ${LIMIT}`)).toEqual([]);
  await expect(send(good('after'))).resolves.toBeDefined();
});

test.each<[string, Buffer]>([
  ['random bytes', randomBytes(5000)],
  ['NUL characters', Buffer.from(`${good('nul')}a\0b\0c`)],
  ['bare line feeds and returns', Buffer.from('From: a@b.example\nSubject: bare\n\rX: y\r\n\ntext\rmore\n')],
  [
    '8-bit headers in no charset',
    Buffer.concat([
      Buffer.from('From: '),
      Buffer.from([0xe4, 0xf6, 0xfc]),
      Buffer.from(' <u@maravia.example>\r\nSubject: \xff\xfe\r\n\r\n'),
    ]),
  ],
  ['an empty message', Buffer.from('\r\n')],
  ['headers alone', Buffer.from('From: a@maravia.example\r\nSubject: alone')],
  ['a header of 190 KB', Buffer.from(`From: a@maravia.example\r\nX-Long: ${'y'.repeat(190_000)}\r\n\r\ntext`)],
  [
    '1,001 parts',
    Buffer.from(
      `From: a@maravia.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(1001)}--b--`,
    ),
  ],
  [
    'a multipart that never begins',
    Buffer.from('From: a@maravia.example\r\nContent-Type: multipart/mixed; boundary="nowhere"\r\n\r\nno part at all'),
  ],
])('%s: kept byte for byte, with an outcome and a reason, and the next mail becomes a ticket', async (name, raw) => {
  const { response } = await send(raw);
  const [row] = await query<{ raw_sha256: string }>('select raw_sha256 from inbound_message where id = ?', [
    Number(/delivery (\d+)/.exec(response)?.[1]),
  ]);
  const sha256 = row?.raw_sha256 ?? '';
  const kept = await desk().blobs.read(sha256);
  expect(createHash('sha256').update(kept).digest('hex')).toBe(sha256);
  const { state, reason } = await outcome(sha256);
  expect(['applied', 'suppressed', 'quarantined']).toContain(state);
  expect(reason).not.toBe('');
  const id = `after-${name.replace(/\W+/g, '-')}`;
  await send(good(id));
  await eventually(
    'the next ticket',
    async () => (await query('select 1 from ticket where subject = ?', [`Good ${id}`]))[0],
  );
});

test('M43: poison at the head of a batch delays nobody', async () => {
  const poison = Buffer.from(
    `From: p@maravia.example\r\nX-Long: ${'z'.repeat(190_000)}\r\nX-More: ${'z'.repeat(9_000)}\r\n\r\nx`,
  );
  await Promise.all([
    ...Array.from({ length: 5 }, () => send(poison)),
    ...Array.from({ length: 45 }, (_, i) => send(good(`crowd-${i}`))),
  ]);
  const arrived = async () =>
    (await query<{ n: string }>(`select count(*) as n from ticket where subject like 'Good crowd-%'`))[0]?.n === '45';
  await eventually('45 tickets', arrived, 20_000);
});

/** A session by hand, without what a polite client adds. */
function rawSession(message: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const steps = [
      'HELO x\r\n',
      'MAIL FROM:<a@maravia.example>\r\n',
      'RCPT TO:<support@localhost>\r\n',
      'DATA\r\n',
      `${message}\r\n.\r\n`,
      'QUIT\r\n',
    ];
    let heard = '';
    const socket = connect(drop.port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      const step = steps.shift();
      if (step) socket.write(step);
    });
    socket.on('end', () => resolve(heard)).on('error', reject);
  });
}
