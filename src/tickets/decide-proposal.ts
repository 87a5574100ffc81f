import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { mayDecideWho } from './access.ts';
import { letTakePart } from './add-participant.ts';
import { findParticipant } from './find-participant.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { addLine } from './record-event.ts';
import type { TicketEvent } from './ticket-event.ts';

export interface DecideProposal {
  actor: Employee;
  proposalId: number;
  channel: TicketEvent['channel'];
}

/** Whom a mail named takes part in a locked ticket from now on; who was not known becomes a contact. 403 but for staff and the requester. */
export async function confirmProposal(tx: Transaction, ticket: LockedTicket, given: DecideProposal): Promise<void> {
  const { actor, channel } = given;
  const { address, name } = await findProposal(tx, ticket, given);
  const person = await findParticipant(tx, address, name);
  await letTakePart(tx, ticket, { actor, person, channel });
}

/** Whom a mail named does not take part in a locked ticket, and is not proposed again. Declined before: nothing is written. */
export async function declineProposal(tx: Transaction, ticket: LockedTicket, given: DecideProposal): Promise<void> {
  const { actor, channel } = given;
  const { id, declined } = await findProposal(tx, ticket, given);
  if (declined) return;
  await tx.em.execute('update participant_proposal set declined_at = ? where id = ?', [tx.now, id]);
  const event = { actorId: actor.id, type: 'participant_declined', channel, data: {}, notify: false } as const;
  await addLine(tx, ticket, event);
}

interface Proposal {
  id: string;
  address: string;
  name: string;
  declined: boolean;
}

async function findProposal(
  { em }: Transaction,
  ticket: LockedTicket,
  { actor, proposalId }: DecideProposal,
): Promise<Proposal> {
  if (!mayDecideWho(actor, ticket))
    throw new AppError('forbidden', 'Only staff and whose ticket it is decide who takes part');
  const [found] = await em.execute<Proposal[]>(
    'select id, address, name, declined_at is not null as declined from participant_proposal where id = ? and ticket_id = ?',
    [proposalId, ticket.id],
  );
  if (!found) throw new AppError('not_found', 'There is no such proposal');
  return found;
}
