import { z } from 'zod';
import type { LOCAL_MAIL_PATHS } from '../paths/local-mail.ts';
import { EVERYONE, idParams, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const localMessage = schema.LocalMail.extend({
  message_id: z.string().nullable(),
  reply_to: z.array(z.string()),
  references: z.array(z.string()),
  text: z.string(),
  /** Short-lived path of the html body for a sandboxed frame. */
  frame: z.string().nullable(),
  attachments: z.array(z.object({ filename: z.string(), content_type: z.string(), size: z.int() })),
});

export const localMailRoutes = {
  listLocalMail: route({
    summary: 'What the desk sent, newest first (local mode)',
    access: EVERYONE,
    local: true,
    response: z.object({ results: z.array(schema.LocalMail) }),
  }),
  sendLocalMail: route({
    summary: 'Hand a raw message (RFC 5322) to the desk by SMTP (local mode)',
    access: EVERYONE,
    local: true,
    takes: 'raw',
    body: z.unknown(),
    response: z.object({ accepted: z.array(z.string()) }),
    status: 201,
  }),
  readLocalMail: route({
    summary: 'One mail as a mail client shows it (local mode)',
    access: EVERYONE,
    local: true,
    params: idParams,
    response: localMessage,
  }),
} satisfies Record<keyof typeof LOCAL_MAIL_PATHS, Route>;
