import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { findStatusLink, type StatusLink } from '../mail/find-status-link.ts';
import { addComment } from '../tickets/add-comment.ts';
import { lockTicket } from '../tickets/access.ts';
import { endStatusLinks } from '../tickets/end-status-links.ts';
import { findAttachment } from '../tickets/find-attachment.ts';
import { readTicket } from '../tickets/read-ticket.ts';
import { transitionTicket } from '../tickets/transition-ticket.ts';
import { sendAttachment } from './attachments.ts';
import { mount, mountOpen, type MountDeps } from './mount.ts';
import { presentStatusPage } from './present-status-page.ts';
import { visibilitiesOf } from './present-ticket.ts';

/** What is done by a link is marked in the history: nothing but the link says who did it. */
const VIA = { via: 'status-link' } as const;

/** A ticket by the link in a mail. The link is a right to this one ticket and changes nothing by being followed: scanners of mail follow links too. */
export function statusLinkRoutes(router: Router, deps: MountDeps & { blobs: BlobStore }): void {
  const { statusLinks } = deps.secrets;
  const page = async (tx: Transaction, link: StatusLink) =>
    presentStatusPage(await readTicket(tx, link.holder, link.ticketId), link);

  mountOpen(router, deps, 'readByLink', ({ transaction, body }) =>
    transaction(async (tx) => page(tx, await findStatusLink(tx, statusLinks, body.token))),
  );

  mountOpen(router, deps, 'replyByLink', ({ transaction, body }) =>
    transaction(async (tx) => {
      const link = await findStatusLink(tx, statusLinks, body.token);
      const ticket = await lockTicket(tx, link.holder, link.ticketId);
      const { status } = ticket;
      if (!visibilitiesOf(link.holder, status).includes('public'))
        throw new AppError('invalid_transition', 'This ticket is over. Write us a new mail.', { status, allowed: [] });
      // T1: it came by what we sent to this person, and somebody may have passed it on.
      const words = { body: body.body, visibility: 'public', channel: 'portal', trust: 'T1' } as const;
      await addComment(tx, { ticket, author: link.holder, ...words, facts: { ...VIA, trust: 'T1' } });
      return page(tx, link);
    }),
  );

  mountOpen(router, deps, 'answerByLink', ({ transaction, body }) =>
    transaction(async (tx) => {
      const link = await findStatusLink(tx, statusLinks, body.token);
      const ticket = await lockTicket(tx, link.holder, link.ticketId);
      const name = body.solved ? 'close' : 'reopen';
      await transitionTicket(tx, ticket, { name, actor: link.holder, channel: 'portal', facts: VIA });
      return page(tx, link);
    }),
  );

  mountOpen(router, deps, 'downloadByLink', async ({ transaction, body, ctx }) => {
    await transaction(async (tx) => {
      const { holder, ticketId } = await findStatusLink(tx, statusLinks, body.token);
      const file = await findAttachment(tx, holder, body.file);
      // The holder may take part in other tickets too, by links of their own.
      if (file.ticket.id !== ticketId) throw new AppError('not_found', 'Resource not found');
      await sendAttachment(ctx, deps.blobs, file);
    });
    return undefined;
  });

  mount(router, deps, 'endStatusLinks', async ({ tx, actor, params }) => {
    await endStatusLinks(tx, await lockTicket(tx, actor, params.id), actor.id);
    return { ended: true as const };
  });
}
