import { expect, test } from 'vitest';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { receiveMessage } from '../../src/mail/inbound/receive-message.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk();
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
let turn = 0;

interface Mail {
  id: string;
  from?: string;
  answers?: string;
  text: string;
}
const mail = ({ id, from = 'ana@maravia.example', answers, text }: Mail) =>
  `From: ${from}\nTo: support@localhost\nSubject: No sound\nMessage-ID: <${id}@maravia.example>\n${answers ? `In-Reply-To: <${answers}@maravia.example>\n` : ''}Date: Mon, 05 Jan 2026 08:00:00 +0000\n\n${text}\n`;

/** As a polled source would have it: fetched, with the moment its server took it. */
async function fetched(raw: string, receivedAt: string | null = null): Promise<number> {
  const given = {
    mailboxId: desk().mailbox.id,
    sourceKey: `late:${++turn}`,
    raw: await desk().blobs.put(Buffer.from(raw)),
  };
  const row = { ...given, envelopeFrom: null, envelopeTo: null, quiet: false, wake: false };
  const { id } = await desk().transaction((tx) => receiveMessage(tx, row));
  await query('update inbound_message set received_at = ? where id = ?', [receivedAt, id]);
  return id;
}
const ticketOf = async (id: number) =>
  (
    await query<{ id: number; decision: string; follows: number | null }>(
      `select t.id::int, i.decision, t.follows_id::int as follows from inbound_message i join ticket t on t.id = i.ticket_id where i.id = ?`,
      [id],
    )
  )[0];
const words = async (ticket: number | undefined) =>
  (await query<{ body: string }>('select body from comment where ticket_id = ? order by created_at, id', [ticket])).map(
    ({ body }) => body,
  );

test('M42: a reply that comes before its original finds it later: one ticket, its words in the order they were received', async () => {
  const reply = await fetched(mail({ id: 'r1', answers: 'o1', text: 'And it crackles.' }), '2026-11-20T10:05:00Z');
  await ingestMessages(desk().ingest, [reply]);
  const original = await fetched(mail({ id: 'o1', text: 'There is no sound.' }), '2026-11-20T10:00:00Z');
  await ingestMessages(desk().ingest, [original]);
  const ticket = await ticketOf(reply);
  expect(await ticketOf(original)).toEqual({ ...ticket, decision: 'add-comment' });
  expect(await words(ticket?.id)).toEqual(['There is no sound.', 'And it crackles.']);
  const [counters] = await query('select comment_count, status from ticket where id = ?', [ticket?.id]);
  expect(counters).toEqual({ comment_count: 2, status: 'new' });
});

test('M42: the original of somebody else is a ticket of its own, linked to the one that waited', async () => {
  const reply = await fetched(mail({ id: 'r2', answers: 'o2', text: 'I hear it too.' }));
  await ingestMessages(desk().ingest, [reply]);
  const original = await fetched(mail({ id: 'o2', from: 'jonas@maravia.example', text: 'It hums.' }));
  await ingestMessages(desk().ingest, [original]);
  const waiting = await ticketOf(reply);
  expect(await ticketOf(original)).toMatchObject({ decision: 'open-ticket', follows: waiting?.id });
  expect(await words(waiting?.id)).toEqual(['I hear it too.']);
});

test('M42: a reply and its original at the same time, in whichever order, are one ticket', async () => {
  for (let n = 0; n < 5; n++) {
    const reply = await fetched(mail({ id: `rr${n}`, answers: `oo${n}`, text: 'Second.' }));
    const original = await fetched(mail({ id: `oo${n}`, text: 'First.' }));
    const [one, other] = n % 2 === 0 ? [reply, original] : [original, reply];
    await Promise.all([ingestMessages(desk().ingest, [one]), ingestMessages(desk().ingest, [other])]);
    expect((await ticketOf(reply))?.id).toBe((await ticketOf(original))?.id);
  }
});

test('M42: within one batch the reply may stand before its original', async () => {
  const ids = [
    await fetched(mail({ id: 'r3', answers: 'o3', text: 'Second.' }), '2026-11-20T10:05:00Z'),
    await fetched(mail({ id: 'o3', text: 'First.' }), '2026-11-20T10:00:00Z'),
  ];
  await ingestMessages(desk().ingest, ids);
  const ticket = await ticketOf(ids[0] ?? 0);
  expect((await ticketOf(ids[1] ?? 0))?.id).toBe(ticket?.id);
  expect(await words(ticket?.id)).toEqual(['First.', 'Second.']);
});

test('what is imported keeps its own date, by the server that took it or by its own word, and never one of the future', async () => {
  const at = async (raw: string, receivedAt: string | null) => {
    const id = await fetched(raw, receivedAt);
    await query('update inbound_message set quiet = true where id = ?', [id]);
    await ingestMessages(desk().ingest, [id]);
    const rows = await query<Record<string, Date>>(
      `select t.created_at, t.updated_at, c.created_at as said, e.created_at as noted, p.created_at as joined from ticket t
         join comment c on c.ticket_id = t.id join ticket_event e on e.ticket_id = t.id join participant p on p.ticket_id = t.id
         join inbound_message i on i.ticket_id = t.id where i.id = ?`,
      [id],
    );
    expect(rows).toHaveLength(1);
    const moments = new Set(Object.values(rows[0] ?? {}).map((moment) => new Date(moment).toISOString()));
    expect(moments.size).toBe(1);
    return [...moments][0];
  };
  expect(await at(mail({ id: 'h1', text: 'a' }), '2019-03-01T09:00:00.000Z')).toBe('2019-03-01T09:00:00.000Z');
  expect(await at(mail({ id: 'h2', text: 'b' }), null)).toBe('2026-01-05T08:00:00.000Z');
  const lies = mail({ id: 'h3', text: 'c' }).replace('2026', '2099');
  expect(Date.parse((await at(lies, null)) ?? '')).toBeLessThanOrEqual(Date.now());
  const ancient = mail({ id: 'h4', text: 'd' }).replace('2026', '1970');
  expect(Date.parse((await at(ancient, null)) ?? '')).toBeGreaterThan(Date.now() - 3_600_000);
  expect(await query(`select id from outbound_message`)).toEqual([]);
});
