import type { Actor } from '../../support/actors.ts';
import type { TestDesk } from '../../support/desk.ts';
import type { Request, Sample, World } from '../samples.ts';
import { ticketOf } from './tickets.ts';

const STAFF = ['coordinator', 'admin'] as const;

/** A request about something on a ticket: on one's own, or on that of the other one. */
function within(make: (world: World, ticketId: number, owner: Actor) => Promise<Request>): Sample {
  const of = async (world: World, owner: Actor) => make(world, (await ticketOf(owner)).id, owner);
  return { own: (world, me) => of(world, me), foreign: (world) => of(world, world.other), reach: STAFF };
}

let named = 0;

/** Somebody whom a mail of the ticket named. */
export async function proposalOn(desk: TestDesk, ticketId: number): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into participant_proposal (ticket_id, address, name, created_at) values (?, ?, 'Guest', ?) returning id`,
      [ticketId, `named-${++named}@maravia.example`, tx.now],
    ),
  );
  return Number(row?.id);
}

async function guestOn(desk: TestDesk, ticketId: number): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `with e as (insert into employee (email, role, status, created_at, updated_at) values (?, 'employee', 'contact', ?, ?) returning id)
       insert into participant (ticket_id, employee_id, state, created_at) select ?, e.id, 'confirmed', ? from e returning employee_id as id`,
      [`guest-${++named}@maravia.example`, tx.now, tx.now, ticketId, tx.now],
    ),
  );
  return Number(row?.id);
}

/** Something that the caller wrote on a ticket: it is edited by who wrote it. */
async function commentBy(me: Actor, ticketId: number): Promise<number> {
  const { body } = await me.post(`/api/tickets/${ticketId}/comments`, { body: 'Words' });
  return Number(body['id']);
}

/** A reply of somebody that waits, also on their own ticket, where nobody can write one. */
async function heldOn(desk: TestDesk, ticketId: number, { id }: Actor): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `with c as (insert into comment (ticket_id, author_id, visibility, channel, body, held_until, created_at)
         select ?, ?, 'public', 'api', 'Words', h.at, h.at from (select ?::timestamptz + interval '1 hour' as at) h returning id, ticket_id, held_until)
       insert into ticket_event (ticket_id, comment_id, actor_id, type, channel, notice, notice_after, created_at)
         select ticket_id, id, ?, 'commented', 'api', 'pending', held_until, held_until from c returning comment_id as id`,
      [ticketId, id, tx.now, id],
    ),
  );
  return Number(row?.id);
}

const firstOf = async (desk: TestDesk, ticketId: number) => {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>('select id from comment where ticket_id = ? order by id', [ticketId]),
  );
  return Number(row?.id);
};

const proposal = within(async ({ desk }, id) => ({ params: { id, proposal: await proposalOn(desk, id) } }));

/** Words of a stranger on a ticket, which wait for a decision. */
async function heldBack(desk: World['desk'], ticketId: number): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into comment (ticket_id, author_id, visibility, channel, body, trust, created_at)
       select id, requester_id, 'pending', 'mail', 'Words of a stranger', 'T0', ? from ticket where id = ? returning id`,
      [tx.now, ticketId],
    ),
  );
  return Number(row?.id);
}

export const conversationSamples = {
  addParticipant: within((_, id) => Promise.resolve({ params: { id }, body: { email: 'guest@maravia.example' } })),
  removeParticipant: within(async ({ desk }, id) => ({ params: { id, person: await guestOn(desk, id) } })),
  editComment: {
    own: async (_, me) => {
      const { id } = await ticketOf(me);
      return { params: { id, comment: await commentBy(me, id) }, body: { body: 'Other words' } };
    },
    // Staff see it, and edit only what they wrote themselves.
    foreign: async ({ other }, me) => {
      const { id } = await ticketOf(other);
      const comment = await commentBy(me.role === 'employee' ? other : me, id);
      return { params: { id, comment }, body: { body: 'Other words' } };
    },
    reach: STAFF,
  },
  takeBackComment: {
    own: async ({ desk }, me) => {
      const { id } = await ticketOf(me);
      return { params: { id, comment: await heldOn(desk, id, me) } };
    },
    foreign: async ({ desk, other }, me) => {
      const { id } = await ticketOf(other);
      return { params: { id, comment: await heldOn(desk, id, me) } };
    },
    reach: STAFF,
  },
  releaseComment: {
    own: async ({ desk }, me) => {
      const { id } = await ticketOf(me);
      return { params: { id, comment: await heldBack(desk, id) } };
    },
    foreign: async ({ desk, other }) => {
      const { id } = await ticketOf(other);
      return { params: { id, comment: await heldBack(desk, id) } };
    },
    reach: STAFF,
  },
  watchTicket: within((_, id) => Promise.resolve({ params: { id } })),
  unwatchTicket: within((_, id) => Promise.resolve({ params: { id } })),
  readDraft: within((_, id) => Promise.resolve({ params: { id } })),
  saveDraft: within((_, id) => Promise.resolve({ params: { id }, body: { body: 'Wor', version: 0 } })),
  deleteDraft: within((_, id) => Promise.resolve({ params: { id }, body: {} })),
  readVersions: within(async ({ desk }, id) => ({ params: { id, comment: await firstOf(desk, id) } })),
  confirmProposal: proposal,
  declineProposal: proposal,
} satisfies Record<string, Sample>;
