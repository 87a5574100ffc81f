import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watchMailboxes } from '../../../src/mail/inbound/watch-mailboxes.ts';
import { imapSource } from '../../../src/mail/sources/imap-source.ts';
import { imapConfig } from '../../../src/mail/sources/open-imap.ts';
import { useDesk } from '../../support/desk.ts';
import { addImapMailbox, PATIENCE } from '../../support/imap/imap-desk.ts';
import { startScriptedImap, type ScriptedImap } from '../../support/imap/scripted-imap.ts';
import { findBreaches } from '../../support/invariants.ts';
import { eventually } from '../../support/processes.ts';
import { connected } from '../../support/connected.ts';

const desk = useDesk({ env: { MAX_MESSAGE_BYTES: '3000000' } });
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
let turn = 0;

/** A mail with a Message-ID of its own, unless it is to have none. */
const mail = (subject: string, headers = `Message-ID: <i${++turn}@maravia.example>\r\n`) =>
  Buffer.from(
    `From: ana@maravia.example\r\nTo: support@localhost\r\nSubject: ${subject}\r\n${headers}\r\nWords of ${subject}.\r\n`,
  );

async function server(mails: readonly Buffer[] = []): Promise<ScriptedImap> {
  const imap = await startScriptedImap(mails.map((raw, at) => ({ uid: at + 1, raw })));
  onTestFinished(() => imap.stop());
  return imap;
}

const states = (rows: readonly { state: string }[]) => rows.map(({ state }) => state);
const tickets = async (like: string) => (await query(`select id from ticket where subject like ?`, [like])).length;

test('a mailbox is read, each message becomes a ticket, and the server is told which are done', async () => {
  const imap = await server([mail('Plain 1'), mail('Plain 2')]);
  const box = await addImapMailbox(desk(), imap);
  await box.read();
  expect(states(await box.ledger())).toEqual(['applied', 'applied']);
  expect([...imap.flags.keys()]).toEqual([1, 2]);
  const before = imap.heard.filter((line) => line.includes('STORE')).length;
  await box.read();
  expect(imap.heard.filter((line) => line.includes('STORE'))).toHaveLength(before);
  expect(await tickets('Plain %')).toBe(2);
});

test('M20: two who poll and fetch the same mailbox at once make one row and one ticket of each message', async () => {
  const imap = await server(Array.from({ length: 40 }, (_, n) => mail(`Both ${n}`)));
  const box = await addImapMailbox(desk(), imap);
  const other = imapSource({
    ...{ host: '127.0.0.1', port: imap.port, tls: 'none', user: 'joe', auth: { password: 'secret' }, folder: 'INBOX' },
    ...{ maxBytes: 3_000_000, patience: PATIENCE },
  });
  onTestFinished(() => other.close?.());
  const twin = { ...box, source: other };
  await Promise.all([box.poll(), twin.poll()]);
  await Promise.all([box.fetch(), box.fetch(), twin.fetch()]);
  await Promise.all([box.ingest(), box.ingest()]);
  const rows = await box.ledger();
  expect(rows).toHaveLength(40);
  expect(new Set(states(rows))).toEqual(new Set(['applied']));
  expect(await tickets('Both %')).toBe(40);
});

test('M30: bytes that were damaged on our disk before they were read are fetched again', async () => {
  const imap = await server([mail('Damaged'), mail('Intact')]);
  const box = await addImapMailbox(desk(), imap);
  await box.poll();
  await box.fetch();
  const [damaged] = await box.ledger();
  const sha256 = damaged?.raw_sha256 ?? '';
  const path = join(desk().config.dataDir, 'blobs', sha256.slice(0, 2), sha256);
  const bytes = await readFile(path);
  await writeFile(path, Buffer.from(bytes).fill((bytes[10] ?? 0) ^ 1, 10, 11));
  await box.ingest();
  expect(states(await box.ledger())).toEqual(['discovered', 'applied']);
  await box.fetch();
  await box.ingest();
  expect(states(await box.ledger())).toEqual(['applied', 'applied']);
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

describe('a message that cannot be fetched', () => {
  test('M31, M33: holds nobody, is tried eight times with longer and longer pauses, and then waits for a person', async () => {
    const imap = await server([mail('Before'), mail('Poison'), mail('Behind')]);
    imap.script = (command, line) => {
      if (!command.bodies || !command.messages.some(({ uid }) => uid === 2)) return false;
      line.write('* 2 FETCH (UID 2 BODY[] {3221225472}\r\nx');
      return true;
    };
    const box = await addImapMailbox(desk(), imap);
    await box.read();
    expect(states(await box.ledger())).toEqual(['applied', 'discovered', 'applied']);
    const waits: number[] = [];
    for (let n = 1; n < 8; n++) {
      const [row] = await query<{ minutes: number }>(
        `select round(extract(epoch from next_at - now()) / 60)::int as minutes from inbound_message where mailbox_id = ? and state = 'discovered'`,
        [box.id],
      );
      waits.push(row?.minutes ?? 0);
      await box.fetch();
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60]);
    expect((await box.ledger())[1]).toMatchObject({
      ...{ state: 'quarantined', attempts: 8, raw_sha256: null },
      reason: expect.stringMatching(/^could not be fetched in 8 tries: .*3221225472/),
    });
    expect([...imap.flags.keys()]).toEqual([1, 3]);
    // The nightly comparison gives it one more chance, and by then the server is well.
    imap.script = null;
    await box.reconcile('deep');
    await box.read();
    expect(states(await box.ledger())).toEqual(['applied', 'applied', 'applied']);
    expect((await box.row()).missedTotal).toBe(0);
  });

  test('is not blamed for a server that cannot now', async () => {
    const imap = await server([mail('Patient')]);
    const box = await addImapMailbox(desk(), imap);
    await box.poll();
    imap.script = ({ tag, bodies }, { say }) => (bodies ? (say(`${tag} NO [UNAVAILABLE] later`), true) : false);
    await expect(box.fetch()).rejects.toThrow('later');
    expect(await box.ledger()).toMatchObject([{ state: 'discovered', attempts: 0 }]);
    imap.script = null;
    await box.read();
    expect(states(await box.ledger())).toEqual(['applied']);
  });

  test('as it is too large is quarantined with its header, stays in the mailbox, and is not told of as done', async () => {
    const large = Buffer.concat([mail('Large'), Buffer.alloc(3_000_000, 'x')]);
    const imap = await server([large, mail('Small')]);
    const box = await addImapMailbox(desk(), imap);
    await box.read();
    const [row] = await box.ledger();
    expect(row).toMatchObject({
      ...{ state: 'quarantined', header_only: true },
      reason: `too-large: ${large.length} bytes, more than 3000000; only its header is kept, it stays in the mailbox`,
    });
    expect((await desk().blobs.read(row?.raw_sha256 ?? '')).toString()).toMatch(
      /^From: ana@.*Subject: Large\r\n.*\r\n\r\n$/s,
    );
    expect([...imap.flags.keys()]).toEqual([2]);
  });
});

describe('M34: a message that a person removes or moves', () => {
  test('before it was fetched has vanished, with the proof', async () => {
    const imap = await server([mail('Removed'), mail('Stays')]);
    const box = await addImapMailbox(desk(), imap);
    await box.poll();
    const [gone] = imap.messages.splice(0, 1);
    await box.fetch();
    await box.ingest();
    expect(await box.ledger()).toMatchObject([
      { state: 'vanished', reason: expect.stringContaining('complete listing of the folder (1 messages)') },
      { state: 'applied' },
    ]);
    // It was only away: what the server lists again is not gone.
    if (gone) imap.messages.unshift(gone);
    await query(`update mailbox set cursor = '{}' where id = ?`, [box.id]);
    await box.read();
    expect(states(await box.ledger())).toEqual(['applied', 'applied']);
  });

  test('is not given up for good when the server lists it again behind the cursor: the comparison finds it', async () => {
    const imap = await server([mail('Away'), mail('Still there')]);
    const box = await addImapMailbox(desk(), imap);
    await box.poll();
    const [away] = imap.messages.splice(0, 1);
    await box.read();
    if (away) imap.messages.unshift(away);
    await box.read();
    expect(states(await box.ledger())).toEqual(['vanished', 'applied']);
    expect(await box.reconcile()).toBe(1);
    await box.read();
    expect(states(await box.ledger())).toEqual(['applied', 'applied']);
    expect((await box.row()).missedTotal).toBe(1);
  });

  test('after it was kept is a ticket all the same', async () => {
    const imap = await server([mail('Kept')]);
    const box = await addImapMailbox(desk(), imap);
    await box.poll();
    await box.fetch();
    imap.messages = [];
    await box.read();
    expect(states(await box.ledger())).toEqual(['applied']);
  });

  test('away and back under a new number is known by its Message-ID and content', async () => {
    const imap = await server([mail('There and back')]);
    const box = await addImapMailbox(desk(), imap);
    await box.read();
    const [moved] = imap.messages;
    if (moved) imap.messages = [{ ...moved, uid: 9 }];
    await box.read();
    expect(await box.ledger()).toMatchObject([
      { state: 'applied' },
      { state: 'suppressed', reason: expect.stringContaining('duplicate') },
    ]);
    expect(await tickets('There and back')).toBe(1);
  });
});

describe('M35: a folder that is numbered anew', () => {
  const renumber = (imap: ScriptedImap) => {
    imap.validity += 1;
    imap.messages = imap.messages.map((message, at) => ({ ...message, uid: at + 1 }));
    imap.hangUp();
  };

  test('makes no new ticket, also of mail without Message-ID and date, and misses nothing that came meanwhile', async () => {
    const bare = mail('Scan', '');
    const imap = await server([mail('Old'), bare, Buffer.concat([mail('Huge'), Buffer.alloc(3_000_000, 'x')])]);
    const box = await addImapMailbox(desk(), imap);
    await box.read();
    const first = await box.ledger();
    // Yesterday's mail without a date would be another one today.
    await query(`update inbound_message set discovered_at = discovered_at - interval '1 day' where mailbox_id = ?`, [
      box.id,
    ]);
    imap.messages.push({ uid: 50, raw: mail('New') });
    renumber(imap);
    await box.read();
    const after = (await box.ledger()).slice(3);
    expect(after.map(({ state, ticket }) => [state, ticket])).toEqual([
      ['suppressed', first[0]?.ticket],
      ['suppressed', first[1]?.ticket],
      ['suppressed', null],
      ['applied', expect.any(Number)],
    ]);
    expect(after.slice(0, 3).map(({ reason }) => reason)).toEqual(
      first.map(({ id }) => `renumbered: the same bytes came before, as delivery ${id}`),
    );
    expect(await tickets('Scan')).toBe(1);
    expect((await box.row()).state).toBe('ok');
  });

  test('loses nothing that was listed and not yet fetched', async () => {
    const imap = await server([mail('Listed 1'), mail('Listed 2')]);
    const box = await addImapMailbox(desk(), imap);
    await box.poll();
    renumber(imap);
    await box.fetch().catch(() => undefined);
    await box.read();
    expect(states(await box.ledger())).toEqual(['vanished', 'vanished', 'applied', 'applied']);
    // And back to the old numbers, under which they are known as gone.
    imap.validity -= 1;
    imap.hangUp();
    await box.read();
    expect(new Set(states(await box.ledger()))).toEqual(new Set(['suppressed', 'applied']));
    expect(await tickets('Listed %')).toBe(2);
  });

  test('more than three times within a day is stopped, with an alarm, until a person lets it go on', async () => {
    const imap = await server([mail('Flapping')]);
    const box = await addImapMailbox(desk(), imap);
    await box.read();
    for (let n = 0; n < 3; n++) {
      renumber(imap);
      await box.read();
    }
    expect((await box.row()).state).toBe('ok');
    renumber(imap);
    const before = await box.ledger();
    expect(await box.poll()).toMatchObject({ stopped: true });
    expect(await box.ledger()).toEqual(before);
    expect(await box.row()).toMatchObject({
      state: 'stopped',
      trouble: 'renumbered',
      lastError: expect.stringContaining('4 times within a day'),
    });
    expect(await tickets('Flapping')).toBe(1);
  });
});

describe('M36: what the cursor passes by', () => {
  test('is found by the comparison of server and ledger, and counted', async () => {
    const [first, late, last] = [mail('Gap 1'), mail('Gap 2'), mail('Gap 3')];
    const imap = await server();
    imap.messages = [
      { uid: 1, raw: first },
      { uid: 3, raw: last },
    ];
    const box = await addImapMailbox(desk(), imap);
    await box.read();
    imap.messages.splice(1, 0, { uid: 2, raw: late });
    await box.read();
    expect(await box.ledger()).toHaveLength(2);
    expect(await box.reconcile()).toBe(1);
    await box.read();
    expect(states(await box.ledger())).toEqual(['applied', 'applied', 'applied']);
    expect(await box.reconcile()).toBe(0);
    expect((await box.row()).missedTotal).toBe(1);
  });

  test('what came while it compared was not missed', async () => {
    const imap = await server([mail('Early')]);
    const box = await addImapMailbox(desk(), imap);
    await box.read();
    imap.messages.push({ uid: 2, raw: mail('Meanwhile') });
    expect(await box.reconcile()).toBe(0);
    await box.read();
    expect(states(await box.ledger())).toEqual(['applied', 'applied']);
  });
});

test('M41: the same mail in two mailboxes is one ticket message with two deliveries, also when both are read at once', async () => {
  const same = Array.from({ length: 5 }, (_, n) => mail(`Twice ${n}`));
  const boxes = [await addImapMailbox(desk(), await server(same)), await addImapMailbox(desk(), await server(same))];
  await Promise.all(boxes.map((box) => box.read()));
  const rows = (await Promise.all(boxes.map((box) => box.ledger()))).flat();
  expect(states(rows).toSorted()).toEqual([
    ...Array<string>(5).fill('applied'),
    ...Array<string>(5).fill('suppressed'),
  ]);
  expect(new Set(rows.map(({ ticket }) => ticket)).size).toBe(5);
  expect(
    await query(
      `select count(*)::int as n from comment c join ticket t on t.id = c.ticket_id where t.subject like 'Twice %'`,
    ),
  ).toEqual([{ n: 5 }]);
});

describe('history', () => {
  test('is imported quietly, with its own dates; what comes later is live; and old mail that is moved in is history too', async () => {
    const imap = await server();
    imap.messages = [{ uid: 1, raw: mail('History'), receivedAt: '03-Mar-2019 09:00:00 +0000' }];
    const box = await addImapMailbox(desk(), imap, { history: 'quiet' });
    await box.read();
    const soon = new Date(Date.now() + 1000);
    const now = `${String(soon.getUTCDate()).padStart(2, ' ')}-${soon.toLocaleString('en', { month: 'short', timeZone: 'UTC' })}-${soon.getUTCFullYear()} ${soon.toISOString().slice(11, 19)} +0000`;
    imap.messages.push(
      { uid: 2, raw: mail('Live'), receivedAt: now },
      { uid: 3, raw: mail('Moved in'), receivedAt: '04-Apr-2020 09:00:00 +0000' },
    );
    await box.read();
    const rows = await query<{ subject: string; quiet: boolean; year: number }>(
      `select t.subject, i.quiet, extract(year from t.created_at)::int as year from inbound_message i join ticket t on t.id = i.ticket_id where i.mailbox_id = ? order by i.id`,
      [box.id],
    );
    expect(rows).toEqual([
      { subject: 'History', quiet: true, year: 2019 },
      { subject: 'Live', quiet: false, year: new Date().getUTCFullYear() },
      { subject: 'Moved in', quiet: true, year: 2020 },
    ]);
    const told = await query<{ subject: string }>(
      `select t.subject from ticket_event e join ticket t on t.id = e.ticket_id where t.mailbox_id = ? and e.notice <> 'none'`,
      [box.id],
    );
    expect(told).toEqual([{ subject: 'Live' }]);
  });

  test('of a conversation is one ticket', async () => {
    const imap = await server([
      mail('Thread', 'Message-ID: <thread-1@maravia.example>\r\n'),
      mail('Re: Thread', 'Message-ID: <thread-2@maravia.example>\r\nIn-Reply-To: <thread-1@maravia.example>\r\n'),
    ]);
    const box = await addImapMailbox(desk(), imap, { history: 'quiet' });
    await box.read();
    expect((await box.ledger()).map(({ decision }) => decision)).toEqual(['open-ticket', 'add-comment']);
  });
});

/** Reads these mailboxes as a worker does, with less patience. */
function watch() {
  const watching = watchMailboxes({
    ...desk().watch,
    sourceOf: ({ sourceConfig }) =>
      imapSource({
        ...imapConfig.parse(sourceConfig),
        auth: { password: 'secret' },
        maxBytes: 3_000_000,
        patience: PATIENCE,
      }),
  });
  onTestFinished(() => watching.stop());
  return watching;
}

describe('the worker', () => {
  test('M32: a mailbox that hangs, and one that refuses everything, delay no other', async () => {
    const [hanging, refusing, fine] = [await server(), await server(), await server()];
    hanging.greeting = '';
    refusing.greeting = '* BYE go away\r\n';
    const sick = [
      await addImapMailbox(desk(), hanging, { enabled: true }),
      await addImapMailbox(desk(), refusing, { enabled: true }),
    ];
    const well = await addImapMailbox(desk(), fine, { enabled: true });
    watch();
    await eventually('it is read', async () => (await well.row()).lastPolledAt, 60_000);
    fine.messages.push({ uid: 1, raw: mail('Undelayed') });
    fine.announce();
    await eventually(
      'the message is kept',
      async () => (await well.ledger()).some(({ state }) => state === 'fetched'),
      60_000,
    );
    expect((await sick[0]?.row())?.lastPolledAt).toBeNull();
    await eventually(
      'both are known to fail',
      async () => (await Promise.all(sick.map((box) => box.row()))).every(({ state }) => state === 'failing'),
      60_000,
    );
    expect((await well.row()).state).toBe('ok');
    // They get well by themselves.
    hanging.greeting = refusing.greeting = null;
    await eventually(
      'they are read',
      async () =>
        (await Promise.all(sick.map((box) => box.row()))).every(
          ({ state, lastPolledAt }) => state === 'ok' && lastPolledAt,
        ),
      60_000,
    );
    for (const { id } of [...sick, well]) await query('update mailbox set enabled = false where id = ?', [id]);
  }, 120_000);

  test('has a mailbox to itself, and leaves it to another when it stops', async () => {
    const imap = await server([mail('Leased')]);
    const box = await addImapMailbox(desk(), imap, { enabled: true });
    const first = watch();
    await eventually('it is read', async () => (await box.row()).lastPolledAt, 60_000);
    const second = watch();
    const holder = (await box.row()).leaseHolder;
    for (let look = 0; look < 2; look++) await second.wake(box.id);
    expect([imap.connections, (await box.row()).leaseHolder]).toEqual([1, holder]);
    await first.stop();
    const last = (await box.row()).lastPolledAt ?? new Date();
    await second.wake(box.id);
    expect([null, holder]).not.toContain((await box.row()).leaseHolder);
    await eventually('the other one reads it', async () => ((await box.row()).lastPolledAt ?? last) > last, 60_000);
    expect(imap.connections).toBeGreaterThan(1);
    await second.stop();
    // A job that comes late takes nothing for who has stopped.
    await second.wake(box.id);
    expect((await box.row()).leaseHolder).toBeNull();
    await query('update mailbox set enabled = false where id = ?', [box.id]);
  }, 120_000);

  test('begins anew when the configuration of a mailbox changes, and ends when it is switched off', async () => {
    const [old, next] = [await server([mail('Old place')]), await server([mail('New place')])];
    const box = await addImapMailbox(desk(), old, { enabled: true });
    const watching = watch();
    await eventually('the old place is read', async () => (await box.row()).lastPolledAt, 60_000);
    await query(
      `update mailbox set source_config = jsonb_set(source_config, '{port}', ?::jsonb), version = version + 1, cursor = '{}' where id = ?`,
      [String(next.port), box.id],
    );
    await watching.wake(box.id);
    await eventually('the new place is read', () => next.connections > 0, 60_000);
    await query('update mailbox set enabled = false where id = ?', [box.id]);
    await watching.wake(box.id);
    await eventually('it is let go', () => next.open() === 0, 60_000);
  }, 120_000);
});

test('what is left satisfies every invariant', async () => {
  const { databaseUrl, config } = desk();
  const breaches = await connected(databaseUrl, (client) => findBreaches(client, config.dataDir, { atRest: false }));
  expect(breaches).toEqual([]);
  const hashes = await query<{ raw_sha256: string }>(
    `select distinct raw_sha256 from inbound_message where raw_sha256 is not null`,
  );
  for (const { raw_sha256 } of hashes)
    expect(
      createHash('sha256')
        .update(await desk().blobs.read(raw_sha256))
        .digest('hex'),
    ).toBe(raw_sha256);
});

describe('M36: where the server tells what changed (CONDSTORE)', () => {
  const CONDSTORE = 'IMAP4rev1 IDLE MOVE UIDPLUS ENABLE CONDSTORE';
  const searches = ({ heard }: ScriptedImap) => heard.filter((line) => line.includes('UID SEARCH'));

  /** Two messages are known and compared, and the cursor is behind the second. */
  async function compared(capabilities = CONDSTORE) {
    const imap = await server();
    imap.messages = [
      { uid: 1, raw: mail('Modseq 1'), modseq: 10 },
      { uid: 5, raw: mail('Modseq 5'), modseq: 11 },
    ];
    Object.assign(imap, { capabilities, modseq: 11 });
    const box = await addImapMailbox(desk(), imap);
    await box.read();
    expect(await box.reconcile()).toBe(0);
    imap.heard.length = 0;
    return { imap, box };
  }

  /** A message appears where the cursor has passed by. */
  function appear(imap: ScriptedImap, { uid, modseq }: { uid: number; modseq: number }): void {
    imap.messages = [...imap.messages, { uid, raw: mail(`Modseq ${uid}`), modseq }].toSorted((a, b) => a.uid - b.uid);
  }

  test('the comparison asks for what changed, not for the days, and for nothing where nothing did', async () => {
    const { imap, box } = await compared();
    expect(await box.reconcile()).toBe(0);
    expect(searches(imap).filter((line) => !/SEARCH UID/.test(line))).toEqual([]);
    appear(imap, { uid: 3, modseq: 12 });
    imap.modseq = 12;
    expect(await box.reconcile()).toBe(1);
    expect(searches(imap).filter((line) => !/SEARCH UID/.test(line))).toEqual([expect.stringMatching(/MODSEQ 12$/)]);
    expect(await box.ledger()).toHaveLength(3);
  });

  test('what was found and not written, as the process died, is found again', async () => {
    const { imap, box } = await compared();
    appear(imap, { uid: 3, modseq: 12 });
    imap.modseq = 12;
    await box.source.listChanges?.(3, null);
    expect(await box.reconcile()).toBe(1);
  });

  test.each([
    ['is not told at all', { modseq: null }],
    ['never moves', { modseq: 11 }],
    ['goes back', { modseq: 4 }],
    ['moves, and the search for it finds nothing', { modseq: 12 }],
  ])('a HIGHESTMODSEQ that %s loses nothing, and is not believed again', async (_, lie) => {
    const { imap, box } = await compared();
    appear(imap, { uid: 3, modseq: 1 });
    Object.assign(imap, lie);
    expect(await box.reconcile()).toBe(1);
    appear(imap, { uid: 2, modseq: 1 });
    imap.messages = imap.messages.filter(({ uid }) => uid !== 1); // so that their number says nothing
    expect(await box.reconcile()).toBe(1);
    expect((await box.row()).missedTotal).toBe(2);
  });

  test('a lie that nothing betrays is found out by the nightly comparison, which believes nobody', async () => {
    const { imap, box } = await compared();
    appear(imap, { uid: 3, modseq: 1 });
    imap.messages = imap.messages.filter(({ uid }) => uid !== 1);
    expect(await box.reconcile()).toBe(0);
    expect(await box.reconcile('deep')).toBe(1);
  });

  test('a search for changes that is refused, and other numbers, have the days listed', async () => {
    const { imap, box } = await compared();
    imap.script = ({ tag, name, args }, { say }) =>
      name === 'UID SEARCH' && args.startsWith('MODSEQ') ? (say(`${tag} BAD what is that`), true) : false;
    appear(imap, { uid: 3, modseq: 12 });
    imap.modseq = 12;
    expect(await box.reconcile()).toBe(1);
    const other = await compared();
    other.imap.validity = 7;
    appear(other.imap, { uid: 3, modseq: 1 });
    await other.box.reconcile();
    expect(searches(other.imap).some((line) => /SINCE/.test(line))).toBe(true);
    expect((await other.box.ledger()).filter(({ key }) => key.includes(':7:'))).toHaveLength(3);
  });
});
