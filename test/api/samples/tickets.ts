import type { Actor } from '../../support/actors.ts';
import { picture } from '../../support/pictures.ts';
import type { Sample, World } from '../samples.ts';

const STAFF = ['coordinator', 'admin'] as const;

/** A new ticket of somebody, with a file. */
export async function ticketOf(
  by: Actor,
  file = new File(['bytes'], 'sample.txt', { type: 'text/plain' }),
): Promise<{ id: number; fileId: number }> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ subject: 'Sample', description: 'A sample.', category: 'Other' }))
    form.set(name, value);
  form.append('attachments', file);
  const { body } = await by.send('POST', '/api/tickets', form);
  const { id, conversation } = body as { id: number; conversation: { attachments: { id: number }[] }[] };
  return { id, fileId: conversation[0]?.attachments[0]?.id ?? 0 };
}

const image = async () => new File([new Uint8Array(await picture(9, 9))], 'sample.png', { type: 'image/png' });

/** A request about a ticket: on one's own, or on that of the other one. */
function onTicket(request: (me: Actor) => object = () => ({})): Sample {
  const of = async (owner: Actor, me: Actor) => ({ params: { id: (await ticketOf(owner)).id }, ...request(me) });
  return { own: (_, me) => of(me, me), foreign: ({ other }, me) => of(other, me), reach: STAFF };
}

async function task({ desk }: World, by: Actor): Promise<number> {
  const { id } = await ticketOf(by);
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into task (kind, employee_id, input, state, total, next_at, created_at)
       values ('change-tickets', ?, ?::jsonb, 'queued', 1, ?, ?) returning id`,
      [
        by.id,
        JSON.stringify({ ids: [id], action: { type: 'assign', assignee: null }, channel: 'api' }),
        tx.now,
        tx.now,
      ],
    ),
  );
  return Number(row?.id);
}

/** A task of somebody that is done and made a file. */
async function file({ desk }: World, { id, role }: Actor): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into task (kind, employee_id, state, total, next_at, created_at, finished_at, file, file_until)
       values ('export-tickets', ?, 'done', 1, ?, ?, ?, ?::jsonb, ?) returning id`,
      [
        ...[id, tx.now, tx.now, tx.now],
        JSON.stringify({ name: 'tickets.csv', type: 'text/csv; charset=utf-8', scope: 'tickets:read', rights: role }),
        new Date(tx.now.getTime() + 3600_000),
      ],
    ),
  );
  return Number(row?.id);
}

const csv = { headers: { 'content-type': 'text/csv' } };
let imported = 0;

export const ticketSamples = {
  listTickets: { own: () => ({ query: { limit: '2' } }) },
  openTicket: { own: () => ({ body: { subject: 'Sample', description: 'A sample.', category: 'Other' } }) },
  readTicket: onTicket(),
  countTickets: { own: () => ({}) },
  changeTicket: onTicket(() => ({ body: { priority: 'high' } })),
  addComment: onTicket(() => ({ body: { body: 'Words' } })),
  transitionTicket: onTicket(({ role }) => ({
    body: role === 'employee' ? { name: 'withdraw' } : { name: 'approve', priority: 'low' },
  })),
  linkAttachment: {
    own: async (_, me) => ({ params: { id: (await ticketOf(me)).fileId } }),
    foreign: async ({ other }) => ({ params: { id: (await ticketOf(other)).fileId } }),
    reach: STAFF,
  },
  readThumbnail: {
    own: async (_, me) => ({ params: { id: (await ticketOf(me, await image())).fileId } }),
    foreign: async ({ other }) => ({ params: { id: (await ticketOf(other, await image())).fileId } }),
    reach: STAFF,
  },
  downloadAttachment: {
    own: async (_, me) => ({ params: { id: (await ticketOf(me)).fileId } }),
    foreign: async ({ other }) => ({ params: { id: (await ticketOf(other)).fileId } }),
    reach: STAFF,
  },
  // It names its tickets in the body: which of them are not theirs the task tells, one by one.
  changeTickets: {
    own: async (_, me) => ({
      body: { ids: [(await ticketOf(me)).id], action: { type: 'transition', name: 'approve', priority: 'low' } },
    }),
  },
  reportVolume: { own: () => ({}) },
  reportTimes: { own: () => ({}) },
  reportBacklog: { own: () => ({}) },
  reportReopens: { own: () => ({}) },
  reportWorkload: { own: () => ({}) },
  exportReport: { own: () => ({ query: { report: 'volume' } }) },
  exportTickets: { own: () => ({ body: { status: 'new' } }) },
  exportEmployees: { own: () => ({ body: { format: 'jsonl' } }) },
  importEmployees: {
    own: () => ({ ...csv, body: `email,first_name,last_name\nimported-${++imported}@maravia.example,Im,Ported\n` }),
  },
  startAuditExport: { own: () => ({ body: { action: 'employee.' } }) },
  downloadTaskFile: {
    own: async (world, me) => ({ params: { id: await file(world, me) } }),
    foreign: async (world) => ({ params: { id: await file(world, world.other) } }),
  },
  readTask: {
    own: async (world, me) => ({ params: { id: await task(world, me) } }),
    foreign: async (world) => ({ params: { id: await task(world, world.other) } }),
    reach: ['admin'],
  },
} satisfies Record<string, Sample>;
