import { beforeAll, describe, expect, test } from 'vitest';
import { doTask } from '../support/tasks.ts';
import { may } from '../../src/tickets/access.ts';
import { EMPLOYEE_STATUSES, type Employee } from '../../src/people/employee.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

/* The document's "Permission Checking Pattern": signed in, approved, role, ownership; and coordinators of their own departments only. */

const desk = useDesk({ web: true });
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));

/** The tickets, by what they are to the people below. */
const TICKETS = ['of IT', 'of Finance', 'of no department'] as const;
type Name = (typeof TICKETS)[number];

interface Reader {
  who: string;
  role: 'employee' | 'coordinator' | 'admin';
  /** What they are to the ticket of Finance. */
  is?: 'requester' | 'assignee' | 'participant' | 'removed' | 'proposed';
  /** Works for this department, where coordinators are limited to theirs. */
  department?: string;
  /** With coordinator_scope `all`, and with `departments`. */
  all: readonly Name[];
  departments: readonly Name[];
}
const FINANCE = ['of Finance'] as const;
const IT_AND_NONE = ['of IT', 'of no department'] as const;
const READERS: Reader[] = [
  { who: 'an employee', role: 'employee', all: [], departments: [] },
  { who: 'its requester', role: 'employee', is: 'requester', all: FINANCE, departments: FINANCE },
  { who: 'a confirmed participant', role: 'employee', is: 'participant', all: FINANCE, departments: FINANCE },
  { who: 'somebody a mail proposed', role: 'employee', is: 'proposed', all: [], departments: [] },
  { who: 'somebody who was taken off', role: 'employee', is: 'removed', all: [], departments: [] },
  { who: 'a coordinator of no department', role: 'coordinator', all: TICKETS, departments: ['of no department'] },
  { who: 'a coordinator of IT', role: 'coordinator', department: 'IT', all: TICKETS, departments: IT_AND_NONE },
  {
    who: 'a coordinator of IT who asked',
    role: 'coordinator',
    department: 'IT',
    is: 'requester',
    all: TICKETS,
    departments: TICKETS,
  },
  {
    who: 'a coordinator of IT who takes part',
    role: 'coordinator',
    department: 'IT',
    is: 'participant',
    all: TICKETS,
    departments: TICKETS,
  },
  {
    who: 'a coordinator of IT who was given it',
    role: 'coordinator',
    department: 'IT',
    is: 'assignee',
    all: TICKETS,
    departments: TICKETS,
  },
  {
    who: 'a coordinator of IT whom a mail proposed',
    role: 'coordinator',
    department: 'IT',
    is: 'proposed',
    all: TICKETS,
    departments: IT_AND_NONE,
  },
  { who: 'an admin', role: 'admin', all: TICKETS, departments: TICKETS },
];

/** A ticket with a file, for each reader anew: some of them change it. */
interface Made {
  id: number;
  file: number;
}
let owner: Actor;
beforeAll(async () => {
  owner = await newActor(desk(), 'employee', 'Owner');
});

async function open(name: Name, by: Actor): Promise<Made> {
  const form = new FormData();
  const department = /^of (IT|Finance)$/.exec(name)?.[1];
  const fields = {
    subject: `Ticket ${name}`,
    description: 'x',
    category: 'Other',
    priority: 'low',
    ...(department && { department }),
  };
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.append('attachments', new Blob(['bytes']), 'a.txt');
  const { body } = await by.send('POST', '/api/tickets', form);
  const { id, conversation } = body as { id: number; conversation: { attachments: { id: number }[] }[] };
  return { id, file: conversation[0]?.attachments[0]?.id ?? 0 };
}

async function arrange({ role, is, department }: Reader): Promise<{ me: Actor; tickets: Map<Name, Made> }> {
  await query('delete from ticket'); // so that a list is exactly these
  const me = await newActor(desk(), role);
  if (department)
    await query('insert into coordinator_department select ?, id from department where name = ?', [me.id, department]);
  const tickets = new Map<Name, Made>();
  for (const name of TICKETS)
    tickets.set(name, await open(name, is === 'requester' && name === 'of Finance' ? me : owner));
  const id = tickets.get('of Finance')?.id ?? 0;
  const join = (state: string) =>
    query(`insert into participant (ticket_id, employee_id, state, created_at) values (?, ?, ?, now())`, [
      id,
      me.id,
      state,
    ]);
  if (is === 'participant') await join('confirmed');
  if (is === 'removed') await join('removed');
  if (is === 'proposed')
    await query('insert into participant_proposal (ticket_id, address, created_at) values (?, ?, now())', [
      id,
      me.email,
    ]);
  if (is === 'assignee') await query('update ticket set assignee_id = ? where id = ?', [me.id, id]);
  return { me, tickets };
}

/** Every way to a ticket, as its status for this reader. */
async function reach(me: Actor, { id, file }: Made): Promise<Record<string, number>> {
  const listed = (await me.get('/api/tickets')).body as { results: { id: number }[] };
  const number = (await query<{ n: string }>('select number as n from ticket where id = ?', [id]))[0]?.n ?? '';
  const found = await me.get(`/api/tickets?number=TX${number.padStart(4, '0')}`);
  const download = await me.raw(`/api/attachments/${file}/download`);
  await download.arrayBuffer();
  return {
    list: listed.results.some((one) => one.id === id) ? 200 : 404,
    number: found.body['count'] === 1 ? 200 : 404,
    read: (await me.get(`/api/tickets/${id}`)).status,
    file: download.status,
    comment: (await me.post(`/api/tickets/${id}/comments`, { body: 'Words' })).status === 201 ? 200 : 404,
    // A wrong version, so that nothing changes: 409 for who reaches it.
    change:
      (await me.post(`/api/tickets/${id}/transitions`, { name: 'withdraw', version: 99 })).status === 409 ? 200 : 404,
  };
}

async function reached(me: Actor, tickets: Map<Name, Made>): Promise<Name[]> {
  const seen: Name[] = [];
  for (const [name, made] of tickets) {
    const ways = new Set(Object.values(await reach(me, made)));
    expect(ways.size, `every way to the ticket ${name} agrees`).toBe(1);
    if (ways.has(200)) seen.push(name);
  }
  const { body } = await me.get('/api/tickets');
  expect(body['count']).toBe(seen.length);
  return seen;
}

describe.each(READERS)('T15: $who', (reader) => {
  test.each(['all', 'departments'] as const)(
    'reaches what they may, by every way alike, with coordinator_scope %s',
    async (scope) => {
      await query(
        `insert into setting (key, value, updated_at) values ('coordinator_scope', ?::jsonb, now()) on conflict (key) do update set value = excluded.value`,
        [JSON.stringify(scope)],
      );
      const { me, tickets } = await arrange(reader);
      expect(await reached(me, tickets)).toEqual(reader[scope]);
    },
  );
});

test('before anybody set it, a coordinator has every ticket', async () => {
  await query(`delete from setting where key = 'coordinator_scope'`);
  const { me, tickets } = await arrange({ who: '', role: 'coordinator', all: TICKETS, departments: [] });
  expect(await reached(me, tickets)).toEqual(TICKETS);
});

test('a bulk change reaches no further than whoever asks for it', async () => {
  await query(`insert into setting (key, value, updated_at) values ('coordinator_scope', '"departments"', now())`);
  const { me, tickets } = await arrange({ who: '', role: 'coordinator', department: 'IT', all: [], departments: [] });
  const ids = TICKETS.map((name) => tickets.get(name)?.id ?? 0);
  const { body } = await me.post('/api/tickets/bulk', { ids, action: { type: 'transition', name: 'approve' } });
  const task = await doTask(desk(), (body['task'] as { id: number }).id);
  expect(task.result.map(({ ok, problem }) => (ok ? 'done' : problem?.code))).toEqual(['done', 'not_found', 'done']);
});

test('V24: what is about senders, and among staff, is shown to staff only', async () => {
  const staff = await newActor(desk(), 'coordinator', 'Marta');
  const { ticketId } = await desk().receive('html-with-inline-image');
  const id = ticketId ?? 0;
  await query(`update ticket set requester_id = ? where id = ?`, [owner.id, id]);
  await staff.post(`/api/tickets/${id}/transitions`, { name: 'approve', priority: 'low', category: 'Other' });
  await staff.post(`/api/tickets/${id}/comments`, { body: 'Between us.', visibility: 'internal' });
  await query(
    `insert into ticket_event (ticket_id, type, channel, data, notice, created_at) values (?, 'bounced', 'mail', '{"recipient": "x@y.example"}', 'none', now())`,
    [id],
  );
  type Seen = {
    conversation: { visibility: string }[];
    events: { type: string; data: Record<string, unknown> }[];
    may_comment: string[];
  };
  const read = async (by: Actor) => (await by.get(`/api/tickets/${id}`)).body as unknown as Seen;
  const [theirs, ours] = [await read(owner), await read(staff)];

  expect(ours.conversation.map(({ visibility }) => visibility)).toEqual(['public', 'internal']);
  expect(ours.events.map(({ type }) => type)).toEqual(['opened', 'status_changed', 'commented', 'bounced']);
  expect(ours.events[0]?.data).toHaveProperty('trust');
  expect(ours.may_comment).toEqual(['public', 'internal']);

  expect(theirs.conversation.map(({ visibility }) => visibility)).toEqual(['public']);
  expect(theirs.events).toMatchObject([
    { type: 'opened', data: {} },
    {
      type: 'status_changed',
      data: { transition: 'approve', from: 'new', to: 'open', priority: 'low', category: 'Other' },
    },
  ]);
  expect(theirs.events.map(({ data }) => data)[0]).toEqual({});
  expect(theirs.may_comment).toEqual(['public']);
});

test('not approved: nothing, whatever the role', () => {
  for (const status of EMPLOYEE_STATUSES)
    for (const role of ['employee', 'coordinator', 'admin'] as const)
      for (const action of ['view', 'reply', 'note', 'assign', 'triage', 'see-behind'] as const)
        if (status !== 'approved') expect(may({ status, role }, action)).toBe(false);
  const approved = (role: Employee['role']) => ({ status: 'approved' as const, role });
  expect(may(approved('employee'), 'assign')).toBe(false);
  expect(may(approved('coordinator'), 'assign')).toBe(true);
});
