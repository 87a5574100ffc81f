import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DONE_KEYWORD } from '../../src/mail/sources/imap-source.ts';
import { useDesk } from '../support/desk.ts';
import { DOVECOT_PASSWORD, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { addImapMailbox, type TestMailbox } from '../support/imap/imap-desk.ts';
import { largeMail } from '../faults/mails.ts';
import { eventually } from '../support/processes.ts';
import { startTokenServer, type TokenServer } from '../support/token-server.ts';

const desk = useDesk({ env: { MAX_MESSAGE_BYTES: '52000000' } });
let tokens: TokenServer;
let dovecot: Dovecot;
beforeAll(async () => {
  tokens = await startTokenServer();
  dovecot = await startDovecot({ tokenInfoUrl: tokens.tokenInfoUrl });
});
afterAll(async () => {
  await dovecot?.stop();
  await tokens?.stop();
});

let made = 0;
const mail = (subject: string, body = `Words of ${subject}.\r\n`) =>
  `From: ana@maravia.example\r\nTo: support@localhost\r\nSubject: ${subject}\r\nMessage-ID: <v${++made}@maravia.example>\r\n\r\n${body}`;

/** The account of a user whose INBOX holds these mails, as a mailbox of the desk. */
async function mailboxOf(user: string, mails: readonly string[] = []): Promise<TestMailbox> {
  for (const raw of mails) await dovecot.deliver(user, raw);
  return addImapMailbox(desk(), dovecot, { user, password: DOVECOT_PASSWORD, patience: {} });
}

const states = async (box: TestMailbox) => (await box.ledger()).map(({ state }) => state);
const subjects = async (like: string) =>
  (
    await desk().transaction((tx) =>
      tx.em.execute<{ subject: string }[]>('select subject from ticket where subject like ? order by subject', [like]),
    )
  ).map(({ subject }) => subject);

describe('XOAUTH2', () => {
  async function mailboxByToken(user: string, email: string): Promise<TestMailbox> {
    await dovecot.deliver(user, mail(`Token of ${user}`));
    const oauth = { tokenUrl: tokens.tokenUrl, refreshToken: tokens.grant(email) };
    return addImapMailbox(desk(), dovecot, { user, oauth });
  }

  test('an access token lets the desk in, and is used as long as it is good', async () => {
    const box = await mailboxByToken('ida', 'ida');
    const before = tokens.issued.length;
    await box.read();
    await box.source.close?.();
    await box.read();
    expect(await states(box)).toEqual(['applied']);
    expect(tokens.issued.length - before).toBe(1);
  });

  test('an app that may read the account signs in by its own right, without anybody’s consent', async () => {
    await dovecot.deliver('iris', mail('Token of iris'));
    const oauth = { tokenUrl: tokens.tokenUrl, clientSecret: tokens.grant('iris') };
    const box = await addImapMailbox(desk(), dovecot, { user: 'iris', oauth });
    await box.read();
    expect(await states(box)).toEqual(['applied']);
  });

  test('one that the server does not take any more is replaced, and nobody notices', async () => {
    const box = await mailboxByToken('ines', 'ines');
    await box.poll();
    tokens.endAccess();
    await box.source.close?.();
    const before = tokens.issued.length;
    await box.read();
    expect(await states(box)).toEqual(['applied']);
    expect(tokens.issued.length - before).toBe(1);
  });

  test('consent that was taken back, and a token of somebody else, are said as that, without the token', async () => {
    const stranger = await mailboxByToken('ingo', 'somebody-else');
    const refused = await stranger.poll().catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'SourceUnavailable', trouble: 'auth' });
    expect(String(refused)).toMatch(/does not let ingo in.*the token is not of this user, or lacks the scope/);
    expect(tokens.issued.filter((token) => String(refused).includes(token))).toEqual([]);

    const revoked = await mailboxByToken('irma', 'irma');
    tokens.revoke();
    await expect(revoked.poll()).rejects.toMatchObject({
      trouble: 'auth',
      message: expect.stringMatching(/taken back/),
    });
    expect(await revoked.ledger()).toEqual([]);
  });
});

test('a mailbox of 5,000 messages is in the ledger once, and looking again costs next to nothing', async () => {
  const mails = Array.from({ length: 5000 }, (_, n) => mail(`Many ${n}`));
  const box = await mailboxOf('karl', mails.slice(0, 1));
  for (let at = 1; at < mails.length; at += 100)
    await Promise.all(mails.slice(at, at + 100).map((raw) => dovecot.deliver('karl', raw)));

  expect(await box.poll()).toMatchObject({ found: 5000, state: { cursor: { uid: 5000 } } });
  await box.source.close?.();
  expect((await box.poll()).found).toBe(0);
  await box.source.close?.();
  const [first = 0, second = 0] = await eventually('both sessions have ended', async () => {
    const sent = await dovecot.sent('karl');
    return sent.length >= 2 ? sent : null;
  });
  expect(first).toBeGreaterThan(5000);
  expect(second).toBeLessThan(3000); // greeting, sign-in and the folder; no list of it

  for (let round = 0; round < 25; round++) await box.fetch();
  const rows = await box.ledger();
  expect(rows.filter(({ state }) => state !== 'fetched')).toEqual([]);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(5000);
  expect(new Set(rows.map(({ raw_sha256 }) => raw_sha256)).size).toBe(5000);
  await dovecot.deliver('karl', mail('Many more'));
  await box.source.close?.(); // a session learns of it with its next answer
  expect((await box.poll()).found).toBe(1);
});

test('IDLE: the server tells of new mail by itself, also after another client has marked what was there', async () => {
  const box = await mailboxOf('lena', [mail('Idle 1')]);
  let news = 0;
  box.source.onNews?.(() => news++);
  await box.read();
  const other = await dovecot.client('lena');
  await other.messageFlagsAdd('1:*', ['\\Flagged'], { uid: true });
  await dovecot.deliver('lena', mail('Idle 2'));
  await eventually('it is told', () => news > 0, 60_000);
  await box.read();
  expect(await subjects('Idle %')).toEqual(['Idle 1', 'Idle 2']);
});

test('M37: what another client reads, flags and marks as deleted before we look is taken all the same, and left as it was', async () => {
  const box = await mailboxOf('mona', [mail('Touched 1'), mail('Touched 2'), mail('Touched 3')]);
  const other = await dovecot.client('mona');
  await other.messageFlagsAdd('1', ['\\Seen'], { uid: true });
  await other.messageFlagsAdd('2', ['\\Flagged', '\\Answered'], { uid: true });
  await other.messageFlagsAdd('3', ['\\Deleted'], { uid: true });
  await box.read();
  expect(await states(box)).toEqual(['applied', 'applied', 'applied']);
  const flags = await dovecot.flags('mona');
  expect([...flags.values()].map((set) => set.toSorted())).toEqual(
    [
      [DONE_KEYWORD, '\\Seen'],
      [DONE_KEYWORD, '\\Answered', '\\Flagged'],
      [DONE_KEYWORD, '\\Deleted'],
    ].map((set) => set.toSorted()),
  );
});

test('M34: what another client expunges or moves away between listing and fetching has vanished, with proof; what was kept is a ticket', async () => {
  const box = await mailboxOf('nora', [mail('Gone 1'), mail('Gone 2'), mail('Stays')]);
  await box.poll();
  const other = await dovecot.client('nora');
  await other.mailboxCreate('Elsewhere');
  await other.messageDelete('1', { uid: true });
  await other.messageMove('2', 'Elsewhere', { uid: true });
  await box.fetch();
  expect(await box.ledger()).toMatchObject([
    { state: 'vanished', reason: expect.stringContaining('complete listing of the folder (1 messages)') },
    { state: 'vanished' },
    { state: 'fetched' },
  ]);
  await other.messageDelete('3', { uid: true });
  await box.read();
  expect(await states(box)).toEqual(['vanished', 'vanished', 'applied']);

  // What comes back from elsewhere comes under a new number.
  await other.mailboxOpen('Elsewhere');
  await other.messageMove('1:*', 'INBOX', { uid: true });
  await box.source.close?.(); // a session learns of it with its next answer
  await box.read();
  expect(await subjects('Gone %')).toEqual(['Gone 2']);
});

test('M35: after a restore with a new UIDVALIDITY there is no new ticket, and what came meanwhile is not missed', async () => {
  const box = await mailboxOf('olaf', [mail('Renumbered 1'), mail('Renumbered 2')]);
  await box.read();
  await dovecot.deliver('olaf', mail('Renumbered 3'));
  await dovecot.renumber('olaf');
  await box.source.close?.();
  await box.read();
  expect(await states(box)).toEqual(['applied', 'applied', 'suppressed', 'suppressed', 'applied']);
  expect(await subjects('Renumbered %')).toEqual(['Renumbered 1', 'Renumbered 2', 'Renumbered 3']);
});

test('a message of 50 MB is kept byte for byte, and becomes a ticket with its file', async () => {
  const raw = largeMail({ id: 'large', subject: 'Large', bytes: 50_000_000 });
  const box = await mailboxOf('paul', [raw, mail('Small, behind it')]);
  await box.poll();
  await box.fetch();
  expect(await box.ledger()).toMatchObject([
    { state: 'fetched', raw_size: raw.length, raw_sha256: createHash('sha256').update(raw).digest('hex') },
    { state: 'fetched' },
  ]);
  await box.ingest();
  expect(await states(box)).toEqual(['applied', 'applied']);
});

describe('M36: what the cursor passed by is found by comparison', () => {
  const HAS_NO_MODSEQ = 'IMAP4rev1 LITERAL+ SASL-IR IDLE ENABLE MOVE UIDPLUS ESEARCH NAMESPACE ID';
  let plain: Dovecot;
  beforeAll(async () => {
    plain = await startDovecot({ capabilities: HAS_NO_MODSEQ });
  });
  afterAll(() => plain?.stop());

  /** Bytes that the server sent for a comparison when nothing had changed, and what one found when a mail was passed by. */
  async function compare(server: Dovecot, user: string) {
    const mails = Array.from({ length: 2000 }, (_, n) => mail(`Passed ${user} ${n}`));
    await server.deliver(user, mails[0] ?? '');
    for (let at = 1; at < mails.length; at += 100)
      await Promise.all(mails.slice(at, at + 100).map((raw) => server.deliver(user, raw)));
    const box = await addImapMailbox(desk(), server, { user, password: DOVECOT_PASSWORD, patience: {} });
    const ended = async (count: number) => {
      await box.source.close?.();
      return eventually('the session has ended', async () => {
        const sent = await server.sent(user);
        return sent.length >= count ? sent.at(-1) : null;
      });
    };
    await box.poll();
    await box.reconcile();
    await ended(1);
    expect(await box.reconcile()).toBe(0);
    const quiet = await ended(2);
    await server.deliver(user, mail(`Passed ${user} by`));
    await desk().transaction((tx) =>
      tx.em.execute(`update mailbox set cursor = jsonb_set(cursor, '{uid}', '9999') where id = ?`, [box.id]),
    );
    expect((await box.poll()).found).toBe(0);
    return { quiet, missed: await box.reconcile(), rows: (await box.ledger()).length };
  }

  test('a server with CONDSTORE is asked for what changed, and sends no list', async () => {
    const { quiet, missed, rows } = await compare(dovecot, 'rosa');
    expect({ missed, rows }).toEqual({ missed: 1, rows: 2001 });
    expect(quiet).toBeLessThan(3000); // greeting, sign-in and the folder
  });

  test('one without it lists the days, and nothing is missed either', async () => {
    const { quiet, missed, rows } = await compare(plain, 'rosa');
    expect({ missed, rows }).toEqual({ missed: 1, rows: 2001 });
    expect(quiet).toBeGreaterThan(8000);
  });
});
