import type { Command } from './commands.svelte.ts';
import type { OpenTicket } from './open-ticket.svelte.ts';
import { ask, me } from './session.svelte.ts';
import type { Ticket } from './statuses.ts';
import { t } from './texts.svelte.ts';
import { say } from './toasts.svelte.ts';
import { troubleOf } from './trouble.ts';

type Proposal = Ticket['proposals'][number];

export const nameOfProposal = ({ name, address }: Proposal): string => name || address;

/** Whether the reader follows a ticket. */
export const isWatching = (ticket: Ticket): boolean => ticket.watchers.some(({ id }) => id === me()?.id);

/** Lets somebody take part by their address. Throws ApiError, for the form to show. */
export async function addPerson(open: OpenTicket, id: number, email: string): Promise<void> {
  open.take(await ask('addParticipant', { params: { id: String(id) }, body: { email } }));
  say(t().people.added(email));
}

/** Takes somebody off the ticket. */
export const removePerson = (open: OpenTicket, id: number, person: { id: number; name: string }): Promise<void> =>
  attempt(open, t().people.removed(person.name), () =>
    ask('removeParticipant', { params: { id: String(id), person: String(person.id) } }),
  );

/** Lets somebody whom a mail named take part, or keeps them out for good. */
export function decide(open: OpenTicket, id: number, proposal: Proposal, yes: boolean): Promise<void> {
  const name = nameOfProposal(proposal);
  return attempt(open, yes ? t().people.added(name) : t().people.declined(name), () =>
    ask(yes ? 'confirmProposal' : 'declineProposal', { params: { id: String(id), proposal: String(proposal.id) } }),
  );
}

/** The reader hears of a ticket, or no longer. */
export function watchTicket(open: OpenTicket, ticket: Ticket): Promise<void> {
  const watching = isWatching(ticket);
  return attempt(open, watching ? t().people.notWatching : t().people.watching, () =>
    ask(watching ? 'unwatchTicket' : 'watchTicket', { params: { id: String(ticket.id) } }),
  );
}

/** Lets somebody on the ticket, or all of it, have mail again: what was kept back lately is sent. */
export const resumeMail = (open: OpenTicket, ticket: Ticket, stop: Ticket['mail_stops'][number]): Promise<void> =>
  attempt(open, t().people.resumed(stop.address ?? ticket.ticket_number), () =>
    ask('resumeStop', { params: { id: String(stop.id) } }),
  );

/** Links of mails that open the ticket without a password lead nowhere any more. */
export const endLinks = (open: OpenTicket, ticket: Ticket): Promise<void> =>
  attempt(open, t().people.linksEnded, () => ask('endStatusLinks', { params: { id: String(ticket.id) } }));

/** What the palette offers about the people of a ticket. */
export function peopleCommands(open: OpenTicket, ticket: Ticket): Command[] {
  const w = t().people;
  const others = ticket.participants.filter(({ may_remove }) => may_remove);
  return [
    {
      ...{ id: 'watch', label: isWatching(ticket) ? w.unwatch : w.watch, icon: 'pulse', key: 'W' },
      act: () => watchTicket(open, ticket),
    },
    { id: 'end-links', label: w.endLinks, icon: 'link', act: () => endLinks(open, ticket) },
    ...ticket.mail_stops.map((stop) => ({
      ...{ id: `resume-${stop.id}`, label: w.resumeWhat(stop.address ?? ticket.ticket_number), icon: 'mail' },
      act: () => resumeMail(open, ticket, stop),
    })),
    ...ticket.proposals.flatMap((proposal) => [
      {
        ...{ id: `let-${proposal.id}`, label: w.confirmWho(nameOfProposal(proposal)), icon: 'check' },
        act: () => decide(open, ticket.id, proposal, true),
      },
      {
        ...{ id: `decline-${proposal.id}`, label: w.declineWho(nameOfProposal(proposal)), icon: 'x' },
        act: () => decide(open, ticket.id, proposal, false),
      },
    ]),
    ...others.map(({ person }) => ({
      ...{ id: `remove-${person.id}`, label: w.remove(person.name), icon: 'x' },
      act: () => removePerson(open, ticket.id, person),
    })),
  ];
}

async function attempt(open: OpenTicket, done: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    await open.load();
    say(done);
  } catch (error) {
    const { words } = troubleOf(error);
    if (words) say(words, 'alert');
    await open.load();
  }
}
