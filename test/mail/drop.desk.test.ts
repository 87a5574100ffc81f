import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { useDesk } from '../support/desk.ts';
import { cuttableProxy } from '../support/proxy.ts';
import { openSmtp, sendBytes } from '../support/smtp-session.ts';

const LIMIT = 1_500_000;
const proxy = cuttableProxy();
const desk = useDesk({ worker: true, env: { MAX_MESSAGE_BYTES: String(LIMIT) }, reach: (url) => proxy.reach(url) });
afterAll(() => proxy.cut());
let drop!: { port: number; stop(): Promise<void> };
beforeAll(async () => {
  drop = await desk().startDrop('127.0.0.1', 0);
});
afterAll(() => drop.stop());

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));

/** As a mail client sends. */
function send(raw: string, to: string | string[] = 'support@localhost', from = 'ana@maravia.example') {
  const transport = createTransport({ host: '127.0.0.1', port: drop.port, ignoreTLS: true });
  return transport.sendMail({ envelope: { from, to }, raw });
}

let turn = 0;
const good = (name: string, from = 'ana@maravia.example') =>
  `From: ${from}\r\nTo: support@localhost\r\nSubject: Good ${name}\r\nMessage-ID: <good-${++turn}@maravia.example>\r\n\r\nHello\r\n`;
const ticketOf = (name: string) =>
  eventually(
    `the ticket of ${name}`,
    async () => (await query<{ id: string }>('select id from ticket where subject = ?', [`Good ${name}`]))[0],
  );

interface Row {
  id: string;
  state: string;
  reason: string | null;
  raw_sha256: string;
  raw_size: string;
  envelope_from: string;
  envelope_to: string;
}
const rowOf = async (answer: string) =>
  (await query<Row>('select * from inbound_message where id = ?', [Number(/delivery (\d+)/.exec(answer)?.[1])]))[0];
const partFiles = () => readdir(join(desk().config.dataDir, 'blobs', 'tmp'));

test('250 is said when the row is committed, and not before', async () => {
  const owner = new pg.Client(desk().databaseOwnerUrl);
  await owner.connect();
  await owner.query('begin; lock table inbound_key in exclusive mode');
  let answer: string | null = null;
  const sending = sendBytes(drop.port, Buffer.from(good('patience'))).then((said) => (answer = said));
  await eventually('the drop waits for the lock', async () => {
    const { rows } = await owner.query(
      `select 1 from pg_locks where not granted and relation = 'inbound_key'::regclass`,
    );
    return rows.length > 0;
  });
  expect(answer).toBeNull();
  await owner.query('commit');
  await owner.end();
  expect(await sending).toMatch(/^250 2\.0\.0 kept as delivery \d+$/);
  expect(await rowOf(await sending)).toMatchObject({
    envelope_from: 'ana@maravia.example',
    envelope_to: 'support@localhost',
  });
  await ticketOf('patience');
});

test('while the database is away mail is put off with 451, and taken again afterwards', async () => {
  await proxy.cut();
  expect(await sendBytes(drop.port, Buffer.from(good('off')))).toMatch(/^451 4\.3\.0 /);
  await proxy.mend();
  await eventually('it is taken', async () =>
    (await sendBytes(drop.port, Buffer.from(good('on again')))).startsWith('250'),
  );
  await ticketOf('on again');
  expect(await query(`select 1 from ticket where subject = 'Good off'`)).toEqual([]);
});

test.each([
  'someone@else.example',
  'support@else.example',
  'supportx@localhost',
  'postmaster@localhost',
  '+support@localhost',
])('the address %s is not of this desk: 550', async (address) => {
  await expect(send(good('stranger'), address)).rejects.toMatchObject({ responseCode: 550 });
});

test.each(['support@localhost', 'SUPPORT@LocalHost', 'support+anything@localhost', 'Support+r.a.b.c@localhost'])(
  'the address %s is of this desk',
  async (address) => {
    const name = `to ${address}`;
    const row = await rowOf((await send(good(name), address)).response);
    expect(row).toMatchObject({ envelope_to: address.toLowerCase() });
    await ticketOf(name);
  },
);

test('a mailbox that is switched off takes no mail: 550 says so, and it takes mail again when it is switched on', async () => {
  const address = 'closed@localhost';
  const switched = (on: boolean) => query('update mailbox set enabled = ? where address = ?', [on, address]);
  await query(
    `insert into mailbox (name, address, aliases, source, enabled, created_at) values ('Closed', ?, '{old@localhost}', 'smtp', false, now())`,
    [address],
  );
  for (const to of [address, 'closed+tag@localhost', 'old@localhost'])
    await expect(send(good('to nobody'), to)).rejects.toMatchObject({
      ...{ responseCode: 550, response: expect.stringMatching(/^550 5\.2\.1 .*switched off/) as string },
    });
  await switched(true);
  expect((await send(good('to it again'), address)).response).toMatch(/^250/);
  await ticketOf('to it again');
});

test('by LMTP each recipient hears of its own delivery', async () => {
  const lmtp = await desk().startDrop('127.0.0.1', 0, 'lmtp');
  const session = await openSmtp(lmtp.port);
  expect(await session.say('LHLO mx.example')).toMatch(/^250/);
  await session.say('MAIL FROM:<ana@maravia.example>');
  await session.say('RCPT TO:<support+a@localhost>');
  expect(await session.say('RCPT TO:<stranger@localhost>')).toMatch(/^550 5\.1\.1 /);
  await session.say('RCPT TO:<support+b@localhost>');
  await session.say('DATA');
  session.write(`${good('by LMTP')}.\r\n`);
  expect([await session.hear(), await session.hear()].map((answer) => answer.slice(0, 9))).toEqual([
    '250 2.0.0',
    '250 2.0.0',
  ]);
  session.socket.destroy();
  await ticketOf('by LMTP');
  expect(await query(`select 1 from inbound_message where subject = 'Good by LMTP'`)).toHaveLength(1);
  await lmtp.stop();
});

test('a message to several addresses of the desk is one delivery', async () => {
  const row = await rowOf(
    (await send(good('several'), ['support+a@localhost', 'support@localhost', 'support+b@localhost'])).response,
  );
  expect(row).toMatchObject({ envelope_to: 'support+a@localhost, support@localhost, support+b@localhost' });
  await ticketOf('several');
  expect(await query(`select 1 from inbound_message where subject = 'Good several'`)).toHaveLength(1);
});

test('a message over the limit is refused with 552: at once when its size is announced, else at its end', async () => {
  const large = Buffer.from(good('large') + 'x'.repeat(98).concat('\r\n').repeat(16_000));
  expect(await sendBytes(drop.port, large, { size: ` SIZE=${large.length}` })).toMatch(/^552 /);
  expect(await sendBytes(drop.port, large)).toMatch(/^552 /);
  expect(await sendBytes(drop.port, large, { size: ' SIZE=100' })).toMatch(/^552 /);
  const exact = Buffer.from(good('exact').padEnd(LIMIT - 2, 'x') + '\r\n');
  expect(await sendBytes(drop.port, exact)).toMatch(/^250 /);
  expect(await query(`select 1 from inbound_message where raw_size > ${LIMIT}`)).toEqual([]);
  expect(await query(`select 1 from inbound_message where raw_size = ${LIMIT}`)).toHaveLength(1);
  expect(await partFiles()).toEqual([]);
  await send(good('after the large one'));
  await ticketOf('after the large one');
});

test('a sender who hangs up in the middle of a message leaves nothing behind', async () => {
  const before = await query('select id from inbound_message');
  const session = await openSmtp(drop.port);
  await session.say('MAIL FROM:<ana@maravia.example>');
  await session.say('RCPT TO:<support@localhost>');
  await session.say('DATA');
  session.write(good('half') + 'x'.repeat(100_000));
  await eventually('bytes arrive', async () => (await partFiles()).length === 1);
  session.socket.destroy();
  await eventually('they are removed', async () => (await partFiles()).length === 0);
  expect(await query('select id from inbound_message')).toEqual(before);
});

test('several messages of one connection are several deliveries', async () => {
  const session = await openSmtp(drop.port);
  const ids = new Set<string>();
  for (let n = 0; n < 3; n++) {
    await session.say('MAIL FROM:<>');
    await session.say('RCPT TO:<support@localhost>');
    await session.say('DATA');
    session.write(`${good(`again ${n}`)}.\r\n`);
    ids.add(/delivery (\d+)/.exec(await session.hear())?.[1] ?? '');
  }
  expect(ids.size).toBe(3);
  expect(await session.say('QUIT')).toMatch(/^221 /);
  expect(await query(`select 1 from inbound_message where id in (?) and envelope_from = ''`, [[...ids]])).toHaveLength(
    3,
  );
});

test('R19: a lone dot between bare line feeds or returns ends no message: nothing can be smuggled in behind it', async () => {
  const smuggled =
    'MAIL FROM:<evil@evil.example>\r\nRCPT TO:<support@localhost>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n';
  for (const end of ['\n.\n', '\n.\r\n', '\r.\r', '\r\n.\n', '\r\n.\r']) {
    const raw = Buffer.from(`${good('dots')}first${end}${smuggled}`);
    const session = await openSmtp(drop.port);
    await session.say('MAIL FROM:<ana@maravia.example>');
    await session.say('RCPT TO:<support@localhost>');
    await session.say('DATA');
    session.write(Buffer.concat([raw, Buffer.from('.\r\n')]));
    const row = await rowOf(await session.hear());
    expect((await desk().blobs.read(row?.raw_sha256 ?? '')).toString(), JSON.stringify(end)).toContain(
      'Subject: smuggled',
    );
    session.socket.destroy();
  }
  expect(await query(`select 1 from inbound_message where envelope_from like 'evil%'`)).toEqual([]);
});

const crlf = Buffer.from('\r\n');
const parts = (n: number) =>
  `From: a@maravia.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(n)}--b--\r\n`;

test.each<[string, Buffer, string]>([
  ['random bytes', Buffer.concat([randomBytes(5000), crlf]), '*'],
  ['every byte there is', Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, n) => n)), crlf]), '*'],
  ['NUL characters', Buffer.from('From: n\0ul@maravia.example\r\nSubject: a\0b\r\nX-\0: y\r\n\r\nc\0d\r\n'), '*'],
  [
    'bare line feeds and returns',
    Buffer.from('From: bare@maravia.example\nSubject: bare\n\rX: y\r\n\ntext\rmore\r\n'),
    'applied',
  ],
  ['lines that begin with dots', Buffer.from('From: dots@maravia.example\r\n\r\n.\r\n..\r\n...\r\n. x\r\n'), 'applied'],
  [
    '8-bit headers in no charset',
    Buffer.from('From: \xe4\xf6 <u@maravia.example>\r\nSubject: \xff\xfe\r\n\r\n\x80\r\n', 'latin1'),
    'applied',
  ],
  ['nothing at all', Buffer.alloc(0), 'quarantined'],
  ['a line end alone', crlf, '*'],
  ['headers alone', Buffer.from('From: alone@maravia.example\r\nSubject: alone\r\n'), 'applied'],
  ['a body alone', Buffer.from('\r\nThe printer is on fire.\r\n'), 'quarantined'],
  [
    'a header of 1 MB',
    Buffer.from(`From: a@maravia.example\r\nX-Long: ${'y'.repeat(1_000_000)}\r\n\r\ntext\r\n`),
    'quarantined',
  ],
  ['20,000 header lines', Buffer.from(`From: a@maravia.example\r\n${'X-Many: y\r\n'.repeat(20_000)}\r\ntext\r\n`), '*'],
  ['one line of 1 MB', Buffer.from(`From: line@maravia.example\r\n\r\n${'word '.repeat(200_000)}\r\n`), 'applied'],
  ['1,001 parts', Buffer.from(parts(1001)), 'quarantined'],
  [
    'a multipart without its boundary',
    Buffer.from('From: lost@maravia.example\r\nContent-Type: multipart/mixed; boundary="nowhere"\r\n\r\nno part\r\n'),
    'applied',
  ],
  [
    '300 messages in each other',
    Buffer.from(`From: nested@maravia.example\r\n${'Content-Type: message/rfc822\r\n\r\n'.repeat(300)}x\r\n`),
    '*',
  ],
  [
    'base64 that is none',
    Buffer.from('From: b64@maravia.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!! ???? ====\r\n'),
    'applied',
  ],
  [
    'an unknown charset',
    Buffer.from(
      'From: charset@maravia.example\r\nContent-Type: text/plain; charset=x-klingon\r\n\r\n\xb0\xb1\r\n',
      'latin1',
    ),
    'applied',
  ],
  [
    'lone surrogates and bidi marks in its subject',
    Buffer.from('From: bidi@maravia.example\r\nSubject: =?utf-16?B?2AA=?= =?utf-8?B?7aCA4oCu?= x\r\n\r\nx\r\n'),
    'applied',
  ],
])(
  'with %s: taken, kept byte for byte, ended with a reason, and the next good mail becomes a ticket',
  async (name, raw, state) => {
    const answer = await sendBytes(drop.port, raw);
    expect(answer).toMatch(/^250 /);
    const row = await eventually(
      `an outcome of ${name}`,
      async () => {
        const found = await rowOf(answer);
        return found?.reason ? found : null;
      },
      20_000,
    );
    const sha256 = createHash('sha256').update(raw).digest('hex');
    expect(row).toMatchObject({ raw_sha256: sha256, raw_size: String(raw.length) });
    expect((await desk().blobs.read(sha256)).equals(raw)).toBe(true);
    if (state === '*') expect(row.state).toMatch(/^(applied|quarantined|suppressed)$/);
    else expect(row.state).toBe(state);
    await send(good(`after ${name}`));
    await ticketOf(`after ${name}`);
  },
);

test('M43: poison at the head of a batch delays nobody, and is kept', async () => {
  const poison = Buffer.from(parts(1002));
  await Promise.all([
    ...Array.from({ length: 5 }, () => sendBytes(drop.port, poison)),
    ...Array.from({ length: 45 }, (_, n) => send(good(`crowd ${n}`))),
  ]);
  const [crowd] = await eventually(
    '45 tickets',
    async () => {
      const rows = await query<{ n: number }>(
        `select count(*)::int as n from ticket where subject like 'Good crowd %'`,
      );
      return rows[0]?.n === 45 ? rows : null;
    },
    20_000,
  );
  expect(crowd).toEqual({ n: 45 });
  const sha256 = createHash('sha256').update(poison).digest('hex');
  await eventually(
    'the poison has its outcome',
    async () =>
      (await query(`select 1 from inbound_message where raw_sha256 = ? and state = 'quarantined'`, [sha256])).length ===
      5,
  );
});

test('the same message over two connections at once is one ticket', async () => {
  const raw = Buffer.from(good('twice at once'));
  expect(await Promise.all([sendBytes(drop.port, raw), sendBytes(drop.port, raw)])).toEqual([
    expect.stringMatching(/^250 /),
    expect.stringMatching(/^250 /),
  ]);
  const states = async () =>
    (
      await query<{ state: string }>(
        `select state from inbound_message where subject = 'Good twice at once' order by state`,
      )
    ).map(({ state }) => state);
  await eventually('both are done', async () => (await states()).join() === 'applied,suppressed');
  expect(await query(`select 1 from ticket where subject = 'Good twice at once'`)).toHaveLength(1);
});

test('every row of the ledger has an outcome, a reason and a moment', async () => {
  const open = () =>
    query(
      `select id, state, last_error from inbound_message where state in ('discovered', 'fetched') or reason is null or reason = '' or finished_at is null`,
    );
  await eventually('nothing is left to do', async () => (await open()).length === 0);
});
