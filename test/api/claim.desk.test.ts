import { beforeEach, describe, expect, test } from 'vitest';
import { Employee } from '../../src/people/employee.ts';
import { Ticket } from '../../src/tickets/ticket.ts';
import { auditRows } from '../support/audit.ts';
import { client, type Answer } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { linksOf, noticesOf, sendAskedLinks } from '../support/links.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
const NEW = 'another horse battery';
const MINUTE = 60_000;

beforeEach(async () => {
  ahead = 0;
  await desk().transaction(async (tx) => void (await tx.em.execute('delete from setting')));
});

const post = (path: string, body: unknown): Promise<Answer> => client(desk().url).post(path, body);

let people = 0;
/** Somebody who wrote one mail, and the ticket that it made. */
async function writer(domain = 'maravia.example') {
  const email = `writer-${++people}@${domain}`;
  const { ticketId } = await desk().receive(
    `From: Ana Reyes <${email}>\r\nTo: support@localhost\r\nSubject: The printer\r\nMessage-ID: <${people}@${domain}>\r\n\r\nIt smokes.\r\n`,
  );
  const person = await desk().transaction((tx) => tx.em.findOneOrFail(Employee, { email }));
  expect(person).toMatchObject({ status: 'contact', companyId: null, passwordHash: null });
  return { ...person, ticketId: Number(ticketId) };
}
const find = (id: number) => desk().transaction((tx) => tx.em.findOneOrFail(Employee, id));

async function set(registration: string, domains: string[] = []): Promise<void> {
  await desk().transaction(async (tx) => {
    for (const [key, value] of Object.entries({ registration, registration_domains: domains }))
      await tx.em.execute('insert into setting (key, value, updated_at) values (?, ?::jsonb, ?)', [
        ...[key, JSON.stringify(value), tx.now],
      ]);
  });
}

async function link({ id, email }: { id: number; email: string }, purpose: 'sign-in' | 'reset-password' = 'sign-in') {
  const path = purpose === 'sign-in' ? '/api/sign-in-link' : '/api/password/forgot';
  expect(await post(path, { email: ` ${email.toUpperCase()}` })).toMatchObject({ status: 200, body: {} });
  await sendAskedLinks(desk());
  return (await linksOf(desk(), id, purpose))[0] ?? '';
}
const follow = (token: string) => post('/api/token/link', { token });

describe('whoever only ever wrote by mail', () => {
  test('signs in by a link that is sent to the address, and finds their tickets there', async () => {
    const person = await writer();
    const stranger = await writer();
    const token = await link(person);
    expect(await noticesOf(desk(), person.id)).toEqual([{ template: 'sign-in-link', to: person.email }]);
    const signedIn = await follow(token);
    expect(signedIn).toMatchObject({ status: 200, body: { id: person.id, email: person.email, role: 'employee' } });
    const me = client(desk().url, String(signedIn.body['access']));
    const { results } = (await me.get('/api/tickets')).body as { results: { id: number; subject: string }[] };
    expect(results.map(({ id }) => id)).toEqual([person.ticketId]);
    expect((await me.get(`/api/tickets/${person.ticketId}`)).body).toMatchObject({ subject: 'The printer' });
    expect((await me.get(`/api/tickets/${stranger.ticketId}`)).status).toBe(404);
    expect((await me.get('/api/sessions')).body).toMatchObject({ results: [{ method: 'link', current: true }] });
    expect(await find(person.id)).toMatchObject({
      ...{ status: 'approved', companyId: expect.stringMatching(/^MA\d{4,}$/), decidedBy: null },
      ...{ emailConfirmedAt: expect.any(Date), registeredAt: expect.any(Date), decidedAt: expect.any(Date) },
    });
    expect((await auditRows(desk(), 'employee.claimed')).at(-1)).toMatchObject({
      ...{ actor_id: String(person.id), subject_id: String(person.id), data: { status: 'approved' } },
    });
  });

  test('chooses a password by a link that is sent to the address, and signs in by it', async () => {
    const person = await writer();
    const token = await link(person, 'reset-password');
    expect(await post('/api/password/reset', { token, password: NEW })).toMatchObject({
      status: 200,
      body: { status: 'approved' },
    });
    const signedIn = await post('/api/token/employee', { email: person.email, password: NEW });
    expect(signedIn).toMatchObject({ status: 200, body: { id: person.id } });
    const me = client(desk().url, String(signedIn.body['access']));
    expect((await me.get('/api/tickets')).body).toMatchObject({ count: 1, results: [{ id: person.ticketId }] });
    // It was the first one: there is nothing to warn of.
    expect(await noticesOf(desk(), person.id)).toEqual([{ template: 'reset-password', to: person.email }]);
    const [ticket] = await desk().transaction((tx) => tx.em.find(Ticket, { requester: person.id }));
    expect(ticket?.id).toBe(person.ticketId);
  });

  test.each<[registration: string, domains: string[], address: string, status: 'approved' | 'pending']>([
    ['open', [], 'maravia.example', 'approved'],
    ['domains', ['maravia.example'], 'maravia.example', 'approved'],
    ['domains', ['maravia.example'], 'elsewhere.example', 'pending'],
    ['domains', ['maravia.example'], 'sub.maravia.example', 'pending'],
    ['domains', ['maravia.example'], 'notmaravia.example', 'pending'],
    ['domains', [], 'maravia.example', 'pending'],
    ['closed', [], 'maravia.example', 'pending'],
  ])('with registration %s for %j is, from %s, %s by claiming', async (registration, domains, domain, status) => {
    await set(registration, domains);
    for (const way of ['sign-in', 'reset-password'] as const) {
      const person = await writer(domain);
      const token = await link(person, way);
      const answer =
        way === 'sign-in' ? await follow(token) : await post('/api/password/reset', { token, password: NEW });
      const expected =
        way === 'reset-password' ? { status: 200, body: { status } } : { status: status === 'approved' ? 200 : 403 };
      expect(answer).toMatchObject(expected);
      if (answer.status === 403) expect(answer.body).toMatchObject({ code: 'approval_pending' });
      expect(await find(person.id)).toMatchObject({
        status,
        companyId: expect.stringMatching(/^MA/),
        emailConfirmedAt: expect.any(Date),
      });
      const told = (await noticesOf(desk(), person.id)).map(({ template }) => template);
      expect(told.includes('registration-pending')).toBe(status === 'pending');
      if (status === 'pending') {
        // Only approved accounts sign in: neither by another link nor by the password.
        expect(await link(person, 'sign-in')).toBe(way === 'sign-in' ? token : '');
        expect((await post('/api/token/employee', { email: person.email, password: NEW })).status).toBe(401);
      }
    }
  });
});

describe('a link to sign in', () => {
  test('T06: works once, for an hour, and ends the others', async () => {
    const person = await writer();
    const [first, second] = [await link(person), await link(person)];
    expect((await follow(second)).status).toBe(200);
    expect(await follow(second)).toMatchObject({ status: 410, body: { code: 'gone' } });
    expect((await follow(first)).status).toBe(410);
    const late = await link(person);
    ahead = 61 * MINUTE;
    expect((await follow(late)).status).toBe(410);
    for (const none of ['', '   ', 'A'.repeat(43)]) expect((await follow(none)).status).toBe(404);
  });

  test('T06: twice at once is one session', async () => {
    const person = await writer();
    const token = await link(person);
    const statuses = (await Promise.all([follow(token), follow(token), follow(token)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 410, 410]);
  });

  test('is sent to who has an account too, and to nobody whose account is closed', async () => {
    const { id, email } = await desk().account('employee', 'known@desk.example');
    expect(await follow(await link({ id, email }))).toMatchObject({ status: 200, body: { id } });
    const token = await link({ id, email });
    await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status: 'disabled' }));
    expect((await follow(token)).status).toBe(410);
    await link({ id, email });
    expect(await linksOf(desk(), id, 'sign-in')).toHaveLength(2);
    expect((await find(id)).status).toBe('disabled');
  });
});
