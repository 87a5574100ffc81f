import type Router from '@koa/router';
import { create as contentDisposition } from 'content-disposition';
import type { RouterContext } from '@koa/router';
import { AppError } from '../errors.ts';
import { discardMessage } from '../mail/ledger/discard-message.ts';
import { listLedger } from '../mail/ledger/list-ledger.ts';
import { orderTicket } from '../mail/ledger/order-ticket.ts';
import { readMessage } from '../mail/ledger/read-message.ts';
import { retryMessage } from '../mail/ledger/retry-message.ts';
import { mount, type MountDeps } from './mount.ts';
import { pageLink } from './page-link.ts';

/** The mail ledger, for admins: why each mail became what it became, and what a person may do about it. */
export function ledgerRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'listLedger', async ({ tx, query }) => {
    const { next, previous, results } = await listLedger(tx.em, query);
    const link = (cursor: string | null) => pageLink('/api/ledger', query, cursor);
    return { next: link(next), previous: link(previous), results };
  });

  mount(router, deps, 'readLedgerMessage', ({ tx, params }) => readMessage(tx.em, params.id));

  mount(router, deps, 'downloadSource', async ({ tx, actor, params: { id }, ctx }) => {
    const { source } = await readMessage(tx.em, id);
    if (!source) throw new AppError('not_found', 'The bytes of the message are not here');
    const size = await deps.blobs.size(source.sha256);
    if (size !== source.size)
      throw new AppError('internal_error', 'The file is damaged. An admin can restore it from a backup.');
    const subject = { type: 'inbound_message', id };
    tx.audit({ action: 'message.source_read', actorId: actor.id, subject, data: { sha256: source.sha256 } });
    sendSource(ctx, id, size);
    ctx.body = deps.blobs.stream(source.sha256);
    return undefined;
  });

  mount(router, deps, 'retryMessage', async ({ tx, actor, params: { id } }) => {
    await retryMessage(tx, actor, id);
    return readMessage(tx.em, id);
  });

  mount(router, deps, 'orderTicket', async ({ tx, actor, params: { id } }) => {
    await orderTicket(tx, actor, id);
    return readMessage(tx.em, id);
  });

  mount(router, deps, 'discardMessage', async ({ tx, actor, params: { id }, body }) => {
    await discardMessage(tx, actor, id, body.reason);
    return readMessage(tx.em, id);
  });
}

/** To be saved, never shown: a stranger wrote it (T12). */
function sendSource(ctx: RouterContext, id: number, size: number): void {
  ctx.status = 200;
  ctx.set('Content-Type', 'message/rfc822');
  ctx.set('Content-Disposition', contentDisposition(`message-${id}.eml`, { type: 'attachment' }));
  ctx.set('Content-Length', String(size));
  ctx.set('Content-Security-Policy', "sandbox; default-src 'none'; frame-ancestors 'none'");
  ctx.set('Cache-Control', 'private, no-store');
}
