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

const proposal = within(async ({ desk }, id) => ({ params: { id, proposal: await proposalOn(desk, id) } }));

export const conversationSamples = {
  addParticipant: within((_, id) => Promise.resolve({ params: { id }, body: { email: 'guest@maravia.example' } })),
  removeParticipant: within(async ({ desk }, id) => ({ params: { id, person: await guestOn(desk, id) } })),
  confirmProposal: proposal,
  declineProposal: proposal,
} satisfies Record<string, Sample>;
