import type Router from '@koa/router';
import type { z } from 'zod';
import type { LocalMail } from '../contract/schemas.ts';
import { AppError } from '../errors.ts';
import type { CaughtMessage, ParsedCaught } from '../mail/local/caught-mail.ts';
import { findCaught, listCaught } from '../mail/local/caught-mail.ts';
import { framePath } from './frame-token.ts';
import { mount, type MountDeps } from './mount.ts';

export interface LocalMailDeps extends MountDeps {
  /** Hands a raw message to the desk by SMTP; gives the recipients it was accepted for. Throws AppError when it was refused. */
  deliver: (raw: Buffer) => Promise<string[]>;
}

const EMPTY: ParsedCaught = {
  from: '',
  subject: '',
  date: null,
  messageId: null,
  replyTo: [],
  references: [],
  text: '',
  html: null,
  attachments: [],
};

/** The Local mail page's API: what the desk sent, and a way to write to it. */
export function localMailRoutes(router: Router, deps: LocalMailDeps): void {
  mount(router, deps, 'listLocalMail', async ({ tx }) => ({ results: (await listCaught(tx.em)).map(present) }));

  mount(router, deps, 'readLocalMail', async ({ tx, params }) => {
    const caught = await findCaught(tx.em, params.id);
    if (!caught) throw new AppError('not_found', 'There is no such mail');
    const parsed = caught.parsed ?? EMPTY;
    return {
      ...present(caught),
      message_id: parsed.messageId,
      reply_to: parsed.replyTo,
      references: parsed.references,
      text: parsed.text,
      frame: parsed.html === null ? null : framePath(deps.secrets.frames, { kind: 'local', id: caught.id }),
      attachments: parsed.attachments,
    };
  });

  mount(router, deps, 'sendLocalMail', async ({ body }) => ({ accepted: await deps.deliver(body as Buffer) }));
}

function present({ id, from, to, raw, parsed, receivedAt }: CaughtMessage): z.input<typeof LocalMail> {
  const date = parsed?.date ?? receivedAt.toISOString();
  return { id, from: parsed?.from || from, to, subject: parsed?.subject ?? '', date, raw: raw.toString('utf8') };
}
