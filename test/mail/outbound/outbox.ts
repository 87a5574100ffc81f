import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../../src/db/transaction.ts';
import { Employee, type Person } from '../../../src/people/employee.ts';
import { notifyEvents } from '../../../src/mail/outbound/notify-events.ts';
import { OutboundMessage } from '../../../src/mail/outbound/outbound-message.ts';
import { sendMessages, type SendDeps } from '../../../src/mail/outbound/send-messages.ts';
import { addComment } from '../../../src/tickets/add-comment.ts';
import { lockTickets, type LockedTicket } from '../../../src/tickets/locked-ticket.ts';
import { openTicket, type OpenTicket } from '../../../src/tickets/open-ticket.ts';
import { TicketEvent } from '../../../src/tickets/ticket-event.ts';
import { Ticket } from '../../../src/tickets/ticket.ts';
import { transitionTicket, type TransitionTicket } from '../../../src/tickets/transition-ticket.ts';
import type { TestDesk } from '../../support/desk.ts';

/** Verbs for tests of what the desk sends: each makes things happen as the API and the pipeline do. */
export function outbox(desk: () => TestDesk) {
  const transaction: TestDesk['transaction'] = (work) => desk().transaction(work);

  const person = (given: Partial<Employee> = {}) =>
    transaction(async ({ em, now }) =>
      em.create(Employee, {
        email: `${randomUUID().slice(0, 8)}@maravia.example`,
        firstName: 'Ana',
        lastName: 'Reyes',
        role: 'employee',
        status: 'approved',
        createdAt: now,
        updatedAt: now,
        ...given,
      }),
    );

  const open = (requester: Employee, given: Partial<OpenTicket> = {}) =>
    transaction(async (tx) => {
      const { ticketId } = await openTicket(tx, {
        requester,
        subject: 'Laptop will not wake',
        body: 'It stays dark.',
        channel: 'portal',
        mailboxId: desk().mailbox.id,
        ...given,
      });
      return tx.em.findOneOrFail(Ticket, ticketId, { populate: ['requester', 'assignee'] });
    });

  const comment = (ticket: Ticket, author: Employee, body: string, given: object = {}) =>
    transaction(async (tx) =>
      addComment(tx, {
        ticket: await locked(tx, ticket.id),
        author,
        body,
        visibility: 'public',
        channel: 'portal',
        ...given,
      }),
    );

  const move = (ticket: Ticket, given: Omit<TransitionTicket, 'channel' | 'actor'> & { actor: Person }) =>
    transaction(async (tx) => {
      const actor = await tx.em.findOneOrFail(Employee, given.actor.id);
      await transitionTicket(tx, await locked(tx, ticket.id), { channel: 'portal', ...given, actor });
    });

  /** Notices everything that waits for it, and tells the rows it made, oldest first. */
  const notify = async () => {
    const before = await lastRow();
    const events = await transaction(({ em }) =>
      em.find(TicketEvent, { notice: 'pending' }, { orderBy: { id: 'asc' } }),
    );
    await transaction((tx) =>
      notifyEvents(
        tx,
        events.map(({ id }) => id),
        desk().jobs.notify,
      ),
    );
    return transaction(({ em }) => em.find(OutboundMessage, { id: { $gt: before } }, { orderBy: { id: 'asc' } }));
  };

  const lastRow = () =>
    transaction(
      async ({ em }) => (await em.find(OutboundMessage, {}, { orderBy: { id: 'desc' }, limit: 1 }))[0]?.id ?? 0,
    );

  const row = (id: number) =>
    transaction(({ em }) => em.findOneOrFail(OutboundMessage, id, { populate: ['mime'], refresh: true }));

  const send = (ids: readonly number[], given: Partial<SendDeps> = {}) =>
    sendMessages(desk().transaction, ids, { ...desk().jobs.send, ...given });

  return { person, open, comment, move, notify, row, send };
}

async function locked(tx: Transaction, id: number): Promise<LockedTicket> {
  const ticket = (await lockTickets(tx, [id])).get(id);
  if (!ticket) throw new Error(`There is no ticket ${id}`);
  return ticket;
}

/** A row as a test names it: template, address, state. */
export function told({ template, recipient, state }: OutboundMessage): string {
  return `${template} → ${recipient}: ${state}`;
}
