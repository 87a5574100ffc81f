import { expect, onTestFinished, test } from 'vitest';
import { acknowledgeDone } from '../../../src/mail/inbound/acknowledge.ts';
import { fetchMessages } from '../../../src/mail/inbound/fetch-messages.ts';
import { pollMailbox } from '../../../src/mail/inbound/poll-mailbox.ts';
import { reconcileMailbox } from '../../../src/mail/inbound/reconcile-mailbox.ts';
import { Mailbox } from '../../../src/mail/mailbox.ts';
import { newActor, type Actor } from '../../support/actors.ts';
import { useDesk } from '../../support/desk.ts';
import { addImapMailbox } from '../../support/imap/imap-desk.ts';
import { startScriptedImap } from '../../support/imap/scripted-imap.ts';
import { eventually } from '../../support/processes.ts';

const desk = useDesk({ web: true, worker: true });
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const rowOf = (id: number) => desk().transaction((tx) => tx.em.findOneOrFail(Mailbox, id));
const deps = () => ({ ...desk().watch, transaction: desk().transaction });

let turn = 0;
const mail = (subject: string) =>
  Buffer.from(
    `From: ana@maravia.example\r\nSubject: ${subject}\r\nMessage-ID: <m${++turn}@maravia.example>\r\n\r\n${subject}\r\n`,
  );
async function server(...subjects: string[]) {
  const imap = await startScriptedImap(subjects.map((subject, at) => ({ uid: at + 1, raw: mail(subject) })));
  onTestFinished(() => imap.stop());
  return imap;
}
const change = async (admin: Actor, id: number, edit: object) =>
  admin.send('PATCH', `/api/mailboxes/${id}`, { version: (await rowOf(id)).version, ...edit });
const sourceAt = ({ port }: { port: number }) => ({
  ...{ kind: 'imap', host: '127.0.0.1', port, tls: 'none', password: 'secret' },
});
const keysOf = async (id: number) =>
  (await query<{ source_key: string }>('select source_key from inbound_key where mailbox_id = ? order by 1', [id])).map(
    (row) => row.source_key,
  );

test('a mailbox that is added, changed and switched off in the API is read, read anew and left alone by workers that run, within ten seconds', async () => {
  const admin = await newActor(desk(), 'admin');
  const [first, second] = [await server('In the first'), await server('In the second')];
  const given = { name: 'Box', address: 'live@desk.example', source: { ...sourceAt(first), user: 'joe' } };
  const { body } = await admin.post('/api/mailboxes', { ...given, enabled: true, history: 'live' });
  const id = Number(body['id']);
  const fetched = async () =>
    (await query('select 1 from inbound_message where mailbox_id = ? and raw_sha256 is not null', [id])).length;
  await eventually('the first server is read', async () => (await fetched()) === 1, 25_000);
  await change(admin, id, { source: { ...sourceAt(second), user: 'ann' } });
  await eventually('the second server is read', async () => (await fetched()) === 2, 25_000);
  const { body: off } = await admin.send('DELETE', `/api/mailboxes/${id}`);
  expect(off).toMatchObject({ enabled: false, health: { state: 'off' } });
  await eventually('its connections end', () => second.open() === 0, 25_000);
});

test('another account with the same numbers hides nothing: its messages come, and what was never fetched from the one before says so', async () => {
  const admin = await newActor(desk(), 'admin');
  const [old, other] = [await server('Old 1', 'Old 2'), await server('New 1', 'New 2', 'New 3')];
  const box = await addImapMailbox(desk(), old);
  await box.poll();
  await query(
    `update inbound_message set next_at = now() + interval '1 day' where mailbox_id = ? and id = (select max(id) from inbound_message)`,
    [box.id],
  );
  await fetchMessages(deps(), await rowOf(box.id), box.source);
  const before = await keysOf(box.id);
  expect((await change(admin, box.id, { source: { ...sourceAt(other), user: 'ann' } })).status).toBe(200);
  const moved = await rowOf(box.id);
  expect(moved).toMatchObject({ cursor: {}, liveSince: null });
  const source = desk().watch.sourceOf(moved);
  onTestFinished(() => source.close?.());
  expect((await pollMailbox(desk().transaction, moved, source)).found).toBe(3);
  expect((await keysOf(box.id)).filter((key) => before.includes(key))).toEqual(before);
  const ends = `select state, reason from inbound_message where mailbox_id = ? and raw_sha256 is null and state <> 'discovered'`;
  expect(await query(ends, [box.id])).toEqual([
    { state: 'quarantined', reason: 'never fetched: the mailbox was given another account before' },
  ]);
  // Nothing of the account before is told to this one.
  expect(await acknowledgeDone(desk().transaction, box.id, source)).toBe(0);
});

test('the same account by another password or port goes on where it was', async () => {
  const admin = await newActor(desk(), 'admin');
  const imap = await server('Known');
  const box = await addImapMailbox(desk(), imap);
  await box.read();
  const { cursor } = await rowOf(box.id);
  await change(admin, box.id, { source: { ...sourceAt(imap), user: 'joe', password: 'another' } });
  expect((await rowOf(box.id)).cursor).toEqual(cursor);
  expect((await keysOf(box.id)).filter((key) => key.startsWith('moved:'))).toEqual([]);
});

test('what a worker lists under the old configuration is not written once the mailbox was changed, neither its cursor nor its keys', async () => {
  const admin = await newActor(desk(), 'admin');
  const imap = await server('Late');
  const box = await addImapMailbox(desk(), imap);
  const listed = async (ask: () => Promise<unknown>) => {
    await change(admin, box.id, { signature: `Changed ${++turn}` }); // while the old reading waits for its server
    return ask();
  };
  const before = await rowOf(box.id);
  const late = {
    ...box.source,
    list: (cursor: object) => listed(() => box.source.list({ ...cursor })),
  } as typeof box.source;
  expect(await pollMailbox(desk().transaction, before, late)).toMatchObject({ found: 0, stopped: true });
  const known = await rowOf(box.id);
  const later = { ...late, listSince: () => Promise.resolve(['imap:INBOX:1:1']) };
  expect(await reconcileMailbox(deps(), known, later, 'soon')).toMatchObject({ missed: 0, stopped: true });
  expect(await rowOf(box.id)).toMatchObject({ cursor: {}, lastPolledAt: null, state: 'ok' });
  expect(await keysOf(box.id)).toEqual([]);
});
