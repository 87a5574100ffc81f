import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import { lockTicket } from '../tickets/access.ts';
import { addParticipant } from '../tickets/add-participant.ts';
import { Attachment } from '../tickets/attachment.ts';
import { Comment } from '../tickets/comment.ts';
import { editComment } from '../tickets/edit-comment.ts';
import { readVersions } from '../tickets/read-versions.ts';
import { cleanRichText } from '../tickets/rich-text.ts';
import { confirmProposal, declineProposal } from '../tickets/decide-proposal.ts';
import { findParticipant } from '../tickets/find-participant.ts';
import type { LockedTicket } from '../tickets/locked-ticket.ts';
import { readTicket } from '../tickets/read-ticket.ts';
import { watchTicket } from '../tickets/watchers.ts';
import { releaseComment } from '../tickets/release-comment.ts';
import { rescheduleComment } from '../tickets/reschedule-comment.ts';
import { takeBackComment } from '../tickets/take-back-comment.ts';
import { removeParticipant } from '../tickets/remove-participant.ts';
import { channelOf } from './channel.ts';
import { mount, type MountDeps } from './mount.ts';
import { presentComment, presentTicket } from './present-ticket.ts';
import { draftRoutes, presentDraft } from './drafts.ts';
import { writtenWords } from './written-words.ts';

/** Who takes part in a ticket, and what becomes of what they write. */
export function conversationRoutes(router: Router, deps: MountDeps): void {
  const { frames } = deps.secrets;

  const commentOf = async (tx: Transaction, { status }: LockedTicket, reader: Employee, id: number) => {
    const comment = await tx.em.findOneOrFail(Comment, id, { populate: ['author'] });
    const files = await tx.em.find(Attachment, { comment: id });
    return presentComment(comment, files, { reader, status, frames, now: tx.now });
  };

  mount(router, deps, 'addParticipant', async ({ tx, actor, params, body, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    const person = await findParticipant(tx, body.email);
    await addParticipant(tx, ticket, { actor, person, channel: channelOf(ctx) });
    return presentTicket(await readTicket(tx, actor, ticket.id), actor, frames);
  });

  mount(router, deps, 'removeParticipant', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await removeParticipant(tx, ticket, { actor, personId: params.person, channel: channelOf(ctx) });
    return { removed: params.person };
  });

  mount(router, deps, 'editComment', async ({ tx, actor, params, body, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    const { send_at: at, revision, ...words } = body;
    const given = { actor, commentId: params.comment, channel: channelOf(ctx) };
    // Another time alone leaves the words.
    if (at === undefined || Object.keys(words).length > 0)
      await editComment(tx, ticket, { ...given, words: writtenWords(words), revision });
    if (at !== undefined) await rescheduleComment(tx, ticket, { ...given, sendAt: at === null ? null : new Date(at) });
    return commentOf(tx, ticket, actor, params.comment);
  });

  mount(router, deps, 'releaseComment', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await releaseComment(tx, ticket, { actor, commentId: params.comment, channel: channelOf(ctx) });
    return commentOf(tx, ticket, actor, params.comment);
  });

  mount(router, deps, 'takeBackComment', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    const given = { actor, commentId: params.comment, channel: channelOf(ctx) };
    return presentDraft(await takeBackComment(tx, ticket, given));
  });

  for (const [name, watching] of [
    ['watchTicket', true],
    ['unwatchTicket', false],
  ] as const)
    mount(router, deps, name, async ({ tx, actor, params }) => {
      await watchTicket(tx, actor, { ticketId: params.id, watching });
      return { watching };
    });

  draftRoutes(router, deps);

  mount(router, deps, 'readVersions', async ({ tx, actor, params }) => {
    const versions = await readVersions(tx.em, actor, { ticketId: params.id, commentId: params.comment });
    return versions.map(({ html, ...version }) => ({
      ...version,
      body_html: html === null ? null : cleanRichText(html),
    }));
  });

  mount(router, deps, 'confirmProposal', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await confirmProposal(tx, ticket, { actor, proposalId: params.proposal, channel: channelOf(ctx) });
    return presentTicket(await readTicket(tx, actor, ticket.id), actor, frames);
  });

  mount(router, deps, 'declineProposal', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await declineProposal(tx, ticket, { actor, proposalId: params.proposal, channel: channelOf(ctx) });
    return presentTicket(await readTicket(tx, actor, ticket.id), actor, frames);
  });
}
