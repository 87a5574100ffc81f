import type Router from '@koa/router';
import { lockTicket } from '../tickets/access.ts';
import { addParticipant } from '../tickets/add-participant.ts';
import { confirmProposal, declineProposal } from '../tickets/decide-proposal.ts';
import { findParticipant } from '../tickets/find-participant.ts';
import { readTicket } from '../tickets/read-ticket.ts';
import { removeParticipant } from '../tickets/remove-participant.ts';
import { channelOf } from './channel.ts';
import { mount, type MountDeps } from './mount.ts';
import { presentTicket } from './present-ticket.ts';

/** Who takes part in a ticket, and what becomes of what they write. */
export function conversationRoutes(router: Router, deps: MountDeps): void {
  const { frames } = deps.secrets;

  mount(router, deps, 'addParticipant', async ({ tx, actor, params, body, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    const person = await findParticipant(tx, body.email);
    await addParticipant(tx, ticket, { actor, person, channel: channelOf(ctx) });
    return presentTicket(await readTicket(tx.em, actor, ticket.id), actor, frames);
  });

  mount(router, deps, 'removeParticipant', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await removeParticipant(tx, ticket, { actor, personId: params.person, channel: channelOf(ctx) });
    return { removed: params.person };
  });

  mount(router, deps, 'confirmProposal', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await confirmProposal(tx, ticket, { actor, proposalId: params.proposal, channel: channelOf(ctx) });
    return presentTicket(await readTicket(tx.em, actor, ticket.id), actor, frames);
  });

  mount(router, deps, 'declineProposal', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await declineProposal(tx, ticket, { actor, proposalId: params.proposal, channel: channelOf(ctx) });
    return presentTicket(await readTicket(tx.em, actor, ticket.id), actor, frames);
  });
}
