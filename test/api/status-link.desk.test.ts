import { simpleParser } from 'mailparser';
import { beforeAll, describe, expect, test } from 'vitest';
import { linkOf } from '../support/status-links.ts';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { outbox } from '../mail/outbound/outbox.ts';

let now = new Date();
const desk = useDesk({ web: true, clock: () => now });
const { person, open, comment, move, notify, row, send } = outbox(desk);
let nobody: Client;
let staff: Client;
let marta: Awaited<ReturnType<typeof person>>;
beforeAll(async () => {
  nobody = client(desk().url);
  marta = await desk().account('coordinator');
  staff = client(desk().url, await desk().signIn(marta.email));
});

/** A ticket of somebody without an account, resolved, and their link out of the mail. */
async function solvedByMail() {
  const ana = await person({ status: 'contact' });
  const ticket = await open(ana, { notify: false });
  await move(ticket, { name: 'approve', actor: marta, priority: 'low', categoryId: 1 });
  await move(ticket, { name: 'resolve', actor: marta, comment: 'The dock is back on the older software.' });
  await notify().then((rows) => send(rows.map(({ id }) => id)));
  const raw = desk().caught.mails.findLast(({ to }) => to.includes(ana.email))?.raw ?? Buffer.alloc(0);
  const { text = '', html } = await simpleParser(raw);
  const token = /\/status\?answer=yes#(\S+)/.exec(text)?.[1] ?? '';
  return { ana, ticket, text, html: String(html), token, raw };
}

const read = (token: string) => nobody.post('/api/status-link', { token });
const statusOf = async (id: number) => (await staff.get(`/api/tickets/${id}`)).body;

describe('the link of a mail', () => {
  test('opens the ticket for somebody without an account, who reads what was written to them and nothing else', async () => {
    const { ana, ticket, token } = await solvedByMail();
    await comment(ticket, marta, 'He always does that.', { visibility: 'internal' });
    const { status, body, headers } = await read(token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      subject: 'Laptop will not wake',
      status: 'resolved',
      may_reply: true,
      may_answer: true,
    });
    expect((body['conversation'] as { by: string; body: string }[]).map(({ by, body }) => [by, body])).toEqual([
      ['you', 'It stays dark.'],
      ['desk', 'The dock is back on the older software.'],
    ]);
    const answer = JSON.stringify(body);
    for (const hidden of ['always', marta.email, '"role"', '"T1"']) expect(answer).not.toContain(hidden);
    expect(answer).not.toContain(`"${ana.id}"`);
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
  });

  test('V10: changes nothing by being read, however often', async () => {
    const { ticket, token } = await solvedByMail();
    const before = await statusOf(ticket.id);
    for (let n = 0; n < 3; n++) expect((await read(token)).status).toBe(200);
    expect(await statusOf(ticket.id)).toEqual(before);
  });

  test('asks whether it is solved, and one POST answers: yes closes it, once', async () => {
    const { ticket, token, text } = await solvedByMail();
    expect(text).toContain(`/status?answer=no#${token}`);
    const yes = () => nobody.post('/api/status-link/answer', { token, solved: true });
    expect((await yes()).body).toMatchObject({ status: 'closed', may_reply: false, may_answer: false });
    expect((await yes()).status).toBe(409);
    const { events } = (await statusOf(ticket.id)) as unknown as { events: { type: string; data: object }[] };
    expect(events.at(-1)).toMatchObject({ type: 'status_changed', data: { to: 'closed', via: 'status-link' } });
  });

  test('no reopens it; a reply is part of the conversation, and staff sees that only the link proves who wrote it', async () => {
    const { ticket, token } = await solvedByMail();
    expect((await nobody.post('/api/status-link/answer', { token, solved: false })).body).toMatchObject({
      status: 'in_progress',
    });
    expect((await nobody.post('/api/status-link/reply', { token, body: 'Dark again.' })).status).toBe(201);
    const { conversation } = await statusOf(ticket.id);
    expect((conversation as unknown[]).at(-1)).toMatchObject({
      body: 'Dark again.',
      verified: false,
      channel: 'portal',
    });
  });

  test('T33: what the database holds of the mail opens nothing, and every try sends the same bytes', async () => {
    const ana = await person({ status: 'contact' });
    const ticket = await open(ana, { notify: false });
    await comment(ticket, marta, 'Plug it in.');
    const made = (await notify()).find(({ recipient }) => recipient === ana.email);
    const handed: Buffer[] = [];
    const transport = {
      send: ({ mime }: { mime: Buffer }) => {
        handed.push(mime);
        return Promise.resolve(
          handed.length > 1
            ? { kind: 'sent' as const, response: '250 ok' }
            : { kind: 'unreached' as const, error: 'no connection' },
        );
      },
      close: () => Promise.resolve(),
    };
    await send([made?.id ?? 0], { transport });
    now = new Date(now.getTime() + 120_000);
    await send([made?.id ?? 0], { transport });
    const [first, second] = handed;
    expect(first?.toString()).toContain('/status#');
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
    const { mime, sealed } = await row(made?.id ?? 0);
    expect([sealed, String(mime).includes('/status#')]).toEqual([true, false]);
  });
});

describe('a status link is good for nothing', () => {
  test('T06: after its day, which is said as that', async () => {
    const { token } = await solvedByMail();
    const then = now;
    now = new Date(now.getTime() + 32 * 24 * 3600_000);
    expect([(await read(token)).status]).toEqual([410]);
    now = then;
    expect((await read(token)).status).toBe(200);
  });

  test('T06: once staff has ended the links of the ticket; the next mail has a new one', async () => {
    const { ana, ticket, token } = await solvedByMail();
    expect((await staff.post(`/api/tickets/${ticket.id}/status-links/end`)).status).toBe(200);
    expect((await read(token)).status).toBe(404);
    expect((await read(await linkOf(desk(), ticket.id, ana.email))).status).toBe(200);
  });

  test('T06: for another address, a closed account, somebody who was made staff, and who takes part no more', async () => {
    const { ana, ticket, token } = await solvedByMail();
    const when = (sql: string) => desk().transaction(({ em }) => em.execute(sql));
    for (const [change, back] of [
      [`email = 'new${ana.id}@maravia.example'`, `email = '${ana.email}'`],
      [`status = 'disabled'`, `status = 'contact'`],
      [`role = 'coordinator'`, `role = 'employee'`],
    ]) {
      await when(`update employee set ${change} where id = ${ana.id}`);
      expect([change, (await read(token)).status]).toEqual([change, 404]);
      await when(`update employee set ${back} where id = ${ana.id}`);
      expect((await read(token)).status).toBe(200);
    }
    await when(`delete from participant where ticket_id = ${ticket.id} and employee_id = ${ana.id}`);
    expect((await read(token)).status).toBe(404);
  });

  test('T14: for the files of any other ticket, their own ones too', async () => {
    const mail = (n: number) =>
      `From: files@elsewhere.example\nTo: support@localhost\nSubject: Files ${n}\nMessage-ID: <files${n}@elsewhere.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWords.\n--b\nContent-Disposition: attachment; filename=a.txt\n\nfile ${n}\n--b--\n`;
    const [one, two] = [await desk().receive(mail(1)), await desk().receive(mail(2))];
    const token = await linkOf(desk(), one.ticketId ?? 0, 'files@elsewhere.example');
    const files = await desk().transaction(({ em }) =>
      em.execute<{ id: string; ticket_id: string }[]>('select id, ticket_id from attachment order by id'),
    );
    const fileOf = (ticket: number | null) => Number(files.find((file) => Number(file.ticket_id) === ticket)?.id);
    const get = (file: number) => nobody.send('POST', '/api/status-link/file', { token, file });
    expect((await get(fileOf(one.ticketId ?? 0))).status).toBe(200);
    expect((await get(fileOf(two.ticketId ?? 0))).status).toBe(404);
  });

  test('who has an account gets none: their mail leads to the sign-in', async () => {
    const ana = await person();
    await comment(await open(ana, { notify: false }), marta, 'Plug it in.');
    await notify().then((rows) => send(rows.map(({ id }) => id)));
    const raw = desk().caught.mails.findLast(({ to }) => to.includes(ana.email))?.raw ?? Buffer.alloc(0);
    const { text = '' } = await simpleParser(raw);
    expect(text).toContain('/t/TX');
    expect(text).not.toContain('/status');
  });
});
