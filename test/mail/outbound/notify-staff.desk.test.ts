import { simpleParser } from 'mailparser';
import { beforeEach, describe, expect, test } from 'vitest';
import { Employee } from '../../../src/people/employee.ts';
import { addParticipant } from '../../../src/tickets/add-participant.ts';
import { assignTicket } from '../../../src/tickets/assign-ticket.ts';
import { findMentions } from '../../../src/tickets/find-mentions.ts';
import { lockTickets } from '../../../src/tickets/locked-ticket.ts';
import type { Ticket } from '../../../src/tickets/ticket.ts';
import { useDesk } from '../../support/desk.ts';
import { outbox, told } from './outbox.ts';

const desk = useDesk();
const { person, open, comment, move, notify, send } = outbox(desk);

const query = (sql: string, params: unknown[] = []) => desk().transaction(({ em }) => em.execute(sql, params));
const coordinator = (given: Partial<Employee> = {}) => person({ role: 'coordinator', firstName: 'Marta', ...given });
const admin = () => person({ role: 'admin', firstName: 'Ada' });

/** Nobody of the staff of other tests is there. */
beforeEach(async () => {
  await query(`update employee set status = 'disabled' where role <> 'employee'`);
});

async function change(ticket: Ticket, actor: Employee, verb: typeof assignTicket, given: object): Promise<void> {
  await desk().transaction(async (tx) => {
    const locked = (await lockTickets(tx, [ticket.id])).get(ticket.id);
    const given_ = { actor: await tx.em.findOneOrFail(Employee, actor.id), channel: 'portal', ...given };
    if (locked) await verb(tx, locked, given_ as Parameters<typeof assignTicket>[2]);
  });
}

const assign = (ticket: Ticket, actor: Employee, assignee: Employee | null) =>
  change(ticket, actor, assignTicket, { assignee });
const letIn = (ticket: Ticket, actor: Employee, guest: Employee) =>
  change(ticket, actor, addParticipant as unknown as typeof assignTicket, { person: guest });

async function mention(ticket: Ticket, actor: Employee, body: string, visibility = 'internal'): Promise<void> {
  const mentions = await desk().transaction((tx) => findMentions(tx, ticket.id, body));
  await comment(ticket, actor, body, { visibility, mentions });
}

/** Everyone but the requester who is written to, by template. */
const heard = async (...but: Employee[]) => {
  const rows = await notify();
  return rows.filter(({ recipient }) => !but.some(({ email }) => email === recipient)).map(told);
};

async function mailOf(rows: Awaited<ReturnType<typeof notify>>, to: Employee) {
  await send(rows.flatMap(({ id, state }) => (state === 'pending' ? [id] : [])));
  const sent = desk().caught.mails.findLast((mail) => mail.to.includes(to.email));
  return simpleParser(sent?.raw ?? '');
}

describe('a new ticket', () => {
  test('is told to every coordinator, with its words, and to no admin', async () => {
    const [marta, jonas, ana] = [await coordinator(), await coordinator(), await person()];
    await admin();
    await open(ana);
    const rows = await notify();
    expect(rows.filter(({ recipient }) => recipient !== ana.email).map(told)).toEqual([
      `new-ticket → ${marta.email}: pending`,
      `new-ticket → ${jonas.email}: pending`,
    ]);
    const mail = await mailOf(rows, marta);
    expect(mail.subject).toMatch(/^New: TX\d+, Laptop will not wake$/);
    expect(mail.text).toContain('Ana Reyes wrote on');
    expect(mail.text).toContain('It stays dark.');
    expect(mail.from?.text).toContain('Ana Reyes via SmartSupport');
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
  });

  test('is told to the admins where there are no coordinators', async () => {
    const [ada, ana] = [await admin(), await person()];
    await open(ana);
    expect(await heard(ana)).toEqual([`new-ticket → ${ada.email}: pending`]);
  });

  test('is told only to coordinators of its department, where the settings say so', async () => {
    const [marta, jonas, ana] = [await coordinator(), await coordinator(), await person()];
    await query(`insert into setting (key, value) values ('coordinator_scope', '"departments"')`);
    await query('insert into coordinator_department (employee_id, department_id) values (?, 1), (?, 2)', [
      marta.id,
      jonas.id,
    ]);
    await open(ana, { departmentId: 1 });
    const one = await heard(ana);
    await open(ana);
    const none = await heard(ana);
    await query(`delete from setting where key = 'coordinator_scope'`);
    expect(one).toEqual([`new-ticket → ${marta.email}: pending`]);
    expect(none).toHaveLength(2);
  });

  test('is not told to who switched that off, and says so', async () => {
    const [marta, ana] = [await coordinator({ preferences: { mail_new_tickets: false } }), await person()];
    await open(ana);
    expect((await notify()).find(({ recipient }) => recipient === marta.email)).toMatchObject({
      state: 'suppressed',
      reason: 'Switched off by the reader',
    });
  });

  test('is not told to who opened it', async () => {
    const [marta, ana] = [await coordinator(), await person()];
    await open(ana, { by: marta.id });
    expect(await heard(ana)).toEqual([]);
  });

  test.each([
    ['T0', 'contact', false],
    ['T1', 'contact', false],
    ['T2', 'contact', true],
    ['T0', 'approved', true],
  ] as const)('T07: by mail of trust %s from a %s person is told to staff: %s', async (trust, status, told) => {
    const [, ana] = [await coordinator(), await person({ status })];
    await open(ana, { channel: 'mail', facts: { trust } });
    expect((await heard(ana)).length > 0).toBe(told);
  });

  test('says that its sender is not verified', async () => {
    const [marta, ana] = [await coordinator(), await person()];
    await open(ana, { channel: 'mail', facts: { trust: 'T0' } });
    const { text = '' } = await mailOf(await notify(), marta);
    expect(text.replaceAll('\n', ' ')).toContain('(the sender is not verified)');
  });
});

test("a requester's answer on a ticket that nobody has is told to the coordinators, later ones to who has it", async () => {
  const [marta, jonas, ana] = [await coordinator(), await coordinator(), await person()];
  const ticket = await open(ana, { notify: false });
  await comment(ticket, ana, 'It still stays dark.');
  const rows = await notify();
  expect(rows.map(told)).toEqual([
    `new-comment-for-staff → ${marta.email}: pending`,
    `new-comment-for-staff → ${jonas.email}: pending`,
  ]);
  expect((await mailOf(rows, marta)).text).toContain('because nobody has TX');
  await assign(ticket, marta, jonas);
  await notify();
  await comment(ticket, ana, 'And still.');
  const later = await notify();
  expect(later.map(told)).toEqual([`new-comment-for-staff → ${jonas.email}: pending`]);
  expect((await mailOf(later, jonas)).text).toContain('because you take part in TX');
});

describe('a ticket that is given to somebody', () => {
  test('is told to them, and not to who took it themselves or gave it to nobody', async () => {
    const [marta, jonas, ana] = [await coordinator(), await coordinator(), await person()];
    const ticket = await open(ana, { notify: false });
    await assign(ticket, marta, jonas);
    const rows = await notify();
    expect(rows.map(told)).toEqual([`assigned → ${jonas.email}: pending`]);
    const mail = await mailOf(rows, jonas);
    expect(mail.text).toContain('Marta Reyes gave you this ticket');
    await assign(ticket, marta, marta);
    await assign(ticket, marta, null);
    expect(await heard()).toEqual([]);
  });

  test('by the start of work on it is told to them too', async () => {
    const [marta, jonas, ana] = [await coordinator(), await coordinator(), await person()];
    const ticket = await open(ana, { notify: false });
    await move(ticket, { name: 'approve', actor: marta, priority: 'low', categoryId: 1 });
    await move(ticket, { name: 'start', actor: marta, assignee: jonas });
    expect(await heard(ana)).toEqual([`assigned → ${jonas.email}: pending`]);
  });
});

describe('a mention', () => {
  test('in an internal note is told to the colleague, without the words of the note', async () => {
    const [marta, jonas, ana] = [
      await coordinator(),
      await coordinator({ email: 'jonas.berg@maravia.example' }),
      await person(),
    ];
    const ticket = await open(ana, { notify: false });
    await mention(ticket, marta, 'Secretly: @jonas.berg, what do you think?');
    const rows = await notify();
    expect(rows.map(told)).toEqual([`mentioned → ${jonas.email}: pending`]);
    const mail = await mailOf(rows, jonas);
    expect(mail.text).toContain('Marta Reyes mentioned you in an internal note');
    expect(mail.text).not.toContain('Secretly');
  });

  test('in a reply is one mail to the colleague, and the reply to the others', async () => {
    const [marta, jonas, ana] = [
      await coordinator(),
      await coordinator({ email: 'j.b@maravia.example' }),
      await person(),
    ];
    const ticket = await open(ana, { notify: false });
    await mention(ticket, marta, `Hello Ana, ask @${jonas.email}.`, 'public');
    const rows = await notify();
    expect(rows.map(told)).toEqual([`public-reply → ${ana.email}: pending`, `mentioned → ${jonas.email}: pending`]);
    expect((await mailOf(rows, jonas)).text).toContain('Hello Ana, ask');
  });

  test.each(['ana@ops.example', 'write to ops@maravia.example', '@nobody', '@twin', '@guest', 'a@ops'])(
    'is none in %j',
    async (body) => {
      const [marta, ana] = [await coordinator(), await person()];
      for (const email of ['ops@maravia.example', 'twin@a.example', 'twin@b.example'])
        await query(
          `insert into employee (email, role, status, created_at, updated_at) values (?, 'coordinator', 'approved', now(), now())
             on conflict (email) do update set status = 'approved'`,
          [email],
        );
      await query(
        `insert into employee (email, role, status, created_at, updated_at) values ('guest@maravia.example', 'employee', 'approved', now(), now()) on conflict do nothing`,
      );
      const ticket = await open(ana, { notify: false });
      await mention(ticket, marta, body);
      expect(await heard()).toEqual([]);
    },
  );
});

test('who is let into a ticket is told once, and hears its answers', async () => {
  const [marta, ben, ana] = [await coordinator(), await person({ firstName: 'Ben' }), await person()];
  const ticket = await open(ana, { notify: false });
  await letIn(ticket, marta, ben);
  await letIn(ticket, marta, ben);
  const rows = await notify();
  expect(rows.map(told)).toEqual([`participant-added → ${ben.email}: pending`]);
  const mail = await mailOf(rows, ben);
  expect(mail.text).toContain('Marta Reyes added you to a ticket');
  expect(mail.replyTo?.text).toContain('+r.');
  await comment(ticket, marta, 'Plug it in.');
  expect(await heard(ana)).toEqual([`public-reply → ${ben.email}: pending`]);
});

test('a question to the requester has words of its own, and is no automatic mail when a person asked', async () => {
  const [marta, ana] = [await coordinator(), await person()];
  const ticket = await open(ana, { notify: false });
  await move(ticket, { name: 'approve', actor: marta, priority: 'low', categoryId: 1 });
  await notify();
  await move(ticket, { name: 'wait', actor: marta, comment: 'Which dock is it?' });
  const rows = await notify();
  expect(rows.map(told)).toEqual([`more-information → ${ana.email}: pending`]);
  const mail = await mailOf(rows, ana);
  expect(mail.subject).toMatch(/^We need your answer: TX/);
  expect(mail.text).toContain('Which dock is it?');
  expect(mail.headers.has('auto-submitted')).toBe(false);
});
