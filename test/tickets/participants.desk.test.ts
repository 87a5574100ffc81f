import { beforeAll, describe, expect, test } from 'vitest';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { replyAddress } from '../../src/mail/reply-token.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });

const VERIFIED = 'verified.example';
let turn = 0;
let ana: Actor;
let cora: Actor;
beforeAll(async () => {
  // Nobody's DMARC can be looked up here: the drop believes whoever may connect to it.
  await query(`update mailbox set sender_trust = 'submission'`);
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
});

function query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
  return desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
}

async function receive({
  from = ana.email,
  to = desk().mailbox.address,
  cc = '',
  subject = 'No sound',
}): Promise<number> {
  const id = `p${++turn}@${VERIFIED}`;
  const { ticketId } = await desk().receive(
    `From: ${from}\nTo: ${to}\n${cc && `Cc: ${cc}\n`}Subject: ${subject}\nMessage-ID: <${id}>\nDate: Mon, 05 Jan 2026 08:00:00 +0000\n\nWords ${id}.\n`,
  );
  return ticketId ?? 0;
}

interface TicketBody {
  version: number;
  participants: { person: { id: number; email: string }; may_remove: boolean }[];
  proposals: { id: number; address: string; name: string; proposed_by: { id: number } | null; verified: boolean }[];
  events: { type: string; data: Record<string, unknown> }[];
}
const read = async (id: number, by: Actor = cora) => (await by.get(`/api/tickets/${id}`)).body as unknown as TicketBody;
const decide = (id: number, proposal: number, what: 'confirm' | 'decline', by: Actor) =>
  by.post(`/api/tickets/${id}/proposals/${proposal}/${what}`);

/** Whom the mails of all that is due go to. */
async function heard(): Promise<string[]> {
  const events = await query<{ id: string }>(`select id from ticket_event where notice = 'pending' order by id`);
  const ids = events.map(({ id }) => Number(id));
  await desk().transaction((tx) => notifyEvents(tx, ids, { keyring: desk().secrets.replyTokens }));
  const rows = await query<{ recipient: string; template: string }>(
    `select recipient, template from outbound_message where event_id in (?) and state = 'pending' order by id`,
    [[0, ...ids]],
  );
  return rows.map(({ recipient, template }) => `${template} → ${recipient}`);
}
const reply = (id: number, body: string) => cora.post(`/api/tickets/${id}/comments`, { body });

describe('whom a mail names in To or Cc', () => {
  test('T01: is proposed and nothing more: no contact, no participant, no mail, nothing to read', async () => {
    const ben = await newActor(desk(), 'employee', 'Ben');
    const id = await receive({ cc: `Ben <${ben.email}>, "Guest, A." <guest.a@elsewhere.example>` });
    const { participants, proposals, version, events } = await read(id);
    expect(participants.map(({ person }) => person.email)).toEqual([ana.email]);
    expect(proposals).toMatchObject([
      { address: ben.email, name: 'Ben', proposed_by: { id: ana.id }, verified: true },
      { address: 'guest.a@elsewhere.example', name: 'Guest, A.' },
    ]);
    expect([version, events.map(({ type, data }) => [type, data['people']])]).toEqual([
      2,
      [
        ['opened', undefined],
        ['participant_proposed', 2],
      ],
    ]);
    expect((await ben.get(`/api/tickets/${id}`)).status).toBe(404);
    expect(await query(`select 1 from employee where email = 'guest.a@elsewhere.example'`)).toEqual([]);
    await reply(id, 'Plug it in.');
    expect((await heard()).filter((line) => !line.endsWith(ana.email) && !line.endsWith(cora.email))).toEqual([]);
  });

  test('is not proposed when it is the desk, a machine, the sender, or somebody who takes part', async () => {
    const own = desk().mailbox.address.replace('@', '+r.x@');
    const id = await receive({ cc: `${own}, noreply@shop.example, ${ana.email.toUpperCase()}` });
    expect((await read(id)).proposals).toEqual([]);
    expect((await read(id)).version).toBe(1);
  });

  test('T01: a mail that is held back proposes nobody, nor does a circular to more than twenty', async () => {
    const id = await receive({});
    const [row] = await query<{ id: string }>('select id from participant where ticket_id = ?', [id]);
    const token = replyAddress(desk().secrets.replyTokens, desk().mailbox, id, Number(row?.id));
    expect(await receive({ from: 'stranger@evil.example', to: token, cc: 'mallory@evil.example' })).toBe(id);
    expect((await read(id)).proposals).toEqual([]);
    const many = Array.from({ length: 21 }, (_, n) => `n${n}@crowd.example`).join(', ');
    expect((await read(await receive({ cc: many }))).proposals).toEqual([]);
  });

  test('takes part once staff confirms it, and gets the messages from then on', async () => {
    const id = await receive({ cc: 'Lee Wong <lee@guests.example>' });
    await reply(id, 'Before.');
    const [lee] = (await read(id)).proposals;
    const { status, body } = await decide(id, lee?.id ?? 0, 'confirm', cora);
    expect([status, body['proposals']]).toEqual([200, []]);
    expect((await read(id)).participants.map(({ person }) => person)).toMatchObject([
      { email: ana.email },
      { email: 'lee@guests.example', name: 'Lee Wong' },
    ]);
    // What was said before the confirmation is not theirs, though its mails are made only now.
    expect((await heard()).filter((line) => line.endsWith('lee@guests.example'))).toEqual([
      'participant-added → lee@guests.example',
    ]);
    await reply(id, 'After.');
    expect((await heard()).filter((line) => line.endsWith('lee@guests.example'))).toEqual([
      'public-reply → lee@guests.example',
    ]);
  });

  test('is confirmed by whose ticket it is too, and by nobody else', async () => {
    const [ben, eve] = [await newActor(desk(), 'employee', 'Ben'), await newActor(desk(), 'employee', 'Eve')];
    const id = await receive({ cc: `${ben.email}, late@guests.example` });
    const [first, second] = (await read(id, ana)).proposals;
    expect((await decide(id, first?.id ?? 0, 'confirm', eve)).status).toBe(404);
    expect((await decide(id, first?.id ?? 0, 'confirm', ana)).status).toBe(200);
    const seen = await read(id, ben);
    expect([seen.proposals, seen.events.map(({ type }) => type)]).toEqual([[], ['opened', 'participant_added']]);
    expect((await decide(id, second?.id ?? 0, 'confirm', ben)).status).toBe(403);
    expect((await decide(id, second?.id ?? 0, 'decline', ben)).status).toBe(403);
  });

  test('is declined for good: the next mail does not propose them again, but staff may still add them', async () => {
    const id = await receive({ cc: 'spam@guests.example' });
    const [one] = (await read(id)).proposals;
    expect((await decide(id, one?.id ?? 0, 'decline', ana)).body['proposals']).toEqual([]);
    const [row] = await query<{ id: string }>('select id from participant where ticket_id = ?', [id]);
    const token = replyAddress(desk().secrets.replyTokens, desk().mailbox, id, Number(row?.id));
    expect(await receive({ to: token, cc: 'spam@guests.example' })).toBe(id);
    expect((await read(id)).proposals).toEqual([]);
    expect((await cora.post(`/api/tickets/${id}/participants`, { email: 'spam@guests.example' })).status).toBe(200);
    expect((await read(id)).participants).toHaveLength(2);
  });

  test('is not let in by two who decide at once more than once', async () => {
    const id = await receive({ cc: 'twice@guests.example' });
    const [one] = (await read(id)).proposals;
    const answers = await Promise.all([ana, cora].map((by) => decide(id, one?.id ?? 0, 'confirm', by)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    const events = await query(`select 1 from ticket_event where ticket_id = ? and type = 'participant_added'`, [id]);
    expect(events).toHaveLength(1);
  });
});

describe('who is taken off a ticket', () => {
  test('reads no more of it, gets no more mail, and their reply token opens nothing', async () => {
    const ben = await newActor(desk(), 'employee', 'Ben');
    const id = await receive({});
    await cora.post(`/api/tickets/${id}/participants`, { email: ben.email });
    await heard();
    const [row] = await query<{ id: string }>('select id from participant where ticket_id = ? and employee_id = ?', [
      ...[id, ben.id],
    ]);
    const token = replyAddress(desk().secrets.replyTokens, desk().mailbox, id, Number(row?.id));
    await receive({ from: ben.email, to: token });
    expect((await cora.send('DELETE', `/api/tickets/${id}/participants/${ben.id}`)).body).toEqual({ removed: ben.id });
    expect((await ben.get(`/api/tickets/${id}`)).status).toBe(404);
    await heard();
    await reply(id, 'Not for Ben.');
    expect((await heard()).filter((line) => line.endsWith(ben.email))).toEqual([]);
    await receive({ from: ben.email, to: token });
    const comments = await query<{ visibility: string }>(
      'select visibility from comment where ticket_id = ? and author_id = ? order by id',
      [id, ben.id],
    );
    expect(comments.map(({ visibility }) => visibility)).toEqual(['public', 'pending']);
  });

  test.each([
    ['the requester', 409, 'staff'],
    ['who has the ticket', 409, 'staff'],
    ['a colleague of staff', 403, 'requester'],
    ['somebody who does not take part', 404, 'staff'],
    ['another participant', 403, 'participant'],
    ['oneself', 200, 'participant'],
    ['another participant', 200, 'requester'],
  ] as const)('%s is answered %i when it is said by: %s', async (whom, status, by) => {
    const [ben, guest] = [await newActor(desk(), 'employee', 'Ben'), await newActor(desk(), 'employee', 'Guest')];
    const [max, none] = [await newActor(desk(), 'coordinator', 'Max'), await newActor(desk(), 'employee', 'None')];
    const id = await receive({});
    for (const { email } of [ben, guest, max]) await cora.post(`/api/tickets/${id}/participants`, { email });
    await cora.send('PATCH', `/api/tickets/${id}`, { assignee: cora.id });
    const [who, actor] = [
      {
        'the requester': ana,
        'who has the ticket': cora,
        'a colleague of staff': max,
        'somebody who does not take part': none,
        'another participant': guest,
        oneself: ben,
      }[whom],
      { staff: cora, requester: ana, participant: ben }[by],
    ];
    // What the ticket says may be done is what is done.
    const listed = (await read(id, actor)).participants.find(({ person }) => person.id === who.id)?.may_remove ?? false;
    expect(listed).toBe(status === 200);
    expect((await actor.send('DELETE', `/api/tickets/${id}/participants/${who.id}`)).status).toBe(status);
  });
});
