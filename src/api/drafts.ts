import type Router from '@koa/router';
import type { z } from 'zod';
import type * as schema from '../contract/schemas.ts';
import { requireTicket } from '../tickets/access.ts';
import { readDraft, saveDraft, takeDraft, type Draft } from '../tickets/draft.ts';
import { cleanRichText } from '../tickets/rich-text.ts';
import { mount, type MountDeps } from './mount.ts';
import { unfinishedWords } from './written-words.ts';

/** What people have begun to write, kept for them alone. */
export function draftRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'readDraft', async ({ tx, actor, params, query: { visibility } }) => {
    await requireTicket(tx, actor, params.id);
    return presentDraft(await readDraft(tx, { ticketId: params.id, employeeId: actor.id, visibility }));
  });

  mount(router, deps, 'saveDraft', async ({ tx, actor, params, body }) => {
    await requireTicket(tx, actor, params.id);
    const { visibility, version, files } = body;
    const of = { ticketId: params.id, employeeId: actor.id, visibility };
    return presentDraft(await saveDraft(tx, of, { version, files, ...unfinishedWords(body) }));
  });

  mount(router, deps, 'deleteDraft', async ({ tx, actor, params, body }) => {
    await requireTicket(tx, actor, params.id);
    const of = { ticketId: params.id, employeeId: actor.id, visibility: body.visibility };
    await takeDraft(tx, of, body.version);
    return presentDraft(await readDraft(tx, of));
  });
}

export function presentDraft({
  visibility,
  body,
  html,
  files,
  version,
  updatedAt,
}: Draft): z.input<typeof schema.Draft> {
  return {
    ...{ visibility, body, version },
    body_html: html === null ? null : cleanRichText(html),
    files: files.map(({ filename, contentType, size }) => ({ filename, content_type: contentType, size })),
    updated_at: updatedAt?.toISOString() ?? null,
  };
}
