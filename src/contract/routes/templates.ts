import { z } from 'zod';
import type { TEMPLATES_PATHS } from '../paths/templates.ts';
import { ADMINS, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const part = z.enum(['subject', 'text', 'html']);
const params = z.strictObject({
  template: z.string().regex(/^[a-z-]{1,40}$/),
  /** `en`, `de` and whatever else there is a folder for */
  locale: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/),
});

const refusal = z.object({
  part,
  /** Both from 1. */
  line: z.int(),
  column: z.int(),
  message: z.string(),
  /** What may stand there instead. */
  allowed: z.array(z.string()),
});

const line = z.object({
  template: z.string(),
  locale: z.string(),
  /** 0: nobody has ever changed it. */
  version: z.int(),
  /** The parts that are not ours. */
  changed: z.array(part),
  changed_at: schema.time.nullable(),
  /** What cannot be used of them, so that ours goes out instead: mail never waits for a text. */
  broken: z.array(refusal),
});

const kind = z.enum(['text', 'url', 'flag', 'list', 'words']);
const item = z.object({ path: z.string(), kind });
const texts = { subject: z.string(), text: z.string(), html: z.string() };
/** null: ours. */
const own = { subject: z.string().nullable(), text: z.string().nullable(), html: z.string().nullable() };

const text = line.extend({
  about: z.enum(['ticket', 'account', 'digest']),
  /** All that may stand between braces. `text`, `url` and `words` are shown, a `flag` is asked for by if, a `list` gone through by each. */
  variables: z.array(
    item.extend({
      /** What each item of a list has. */
      items: z.array(item),
      /** The mail is of no use without it. */
      needed: z.boolean(),
    }),
  ),
  /** The tags that html may have. */
  tags: z.array(z.string()),
  initial: z.object(texts),
  own: z.object(own),
  /** Newest first, 50 at most. */
  versions: z.array(
    z.object({
      version: z.int(),
      at: schema.time,
      author: z.object({ id: z.int(), name: z.string() }).nullable(),
      ...own,
    }),
  ),
});

/** Nothing is trimmed: where a line begins is said in an answer. */
const source = (most: number) =>
  z
    .string()
    .max(most)
    .refine((given) => !given.includes('\u0000'), 'must not contain NUL')
    .refine((given) => given.isWellFormed(), 'must be well-formed Unicode')
    .nullable()
    .optional();
const parts = { subject: source(5_000), text: source(100_000), html: source(100_000) };
const version = z.int().min(0);

const tried = z.strictObject({
  ...parts,
  /** Number such as TX0001; the newest one unless said. */
  ticket: z
    .string()
    .regex(/^TX\d{4,12}$/, 'must be the number of a ticket')
    .optional(),
  /** id of an employee; else who gets such a mail: the requester of the ticket, or who asks. */
  recipient: z.int().positive().optional(),
});
const rendered = z.object({
  ...texts,
  /** Of the recipient: what is written but not saved is in it only where it is of that language. */
  locale: z.string(),
  recipient: z.object({ id: z.int(), name: z.string() }),
  /** Paths of the html for a sandboxed frame, as it looks in light and dark; good for a quarter of an hour. */
  frames: z.object({ light: z.string(), dark: z.string() }),
});

export const templatesRoutes = {
  listTemplates: route({
    summary: 'Every mail that the desk sends, in each language, and what was changed of its text',
    access: ADMINS,
    scope: 'settings:read',
    response: z.object({ locales: z.array(z.string()), results: z.array(line) }),
  }),
  readTemplate: route({
    summary: 'The text of a mail in a language, with what may be used in it and its versions',
    access: ADMINS,
    scope: 'settings:read',
    params,
    response: text,
  }),
  changeTemplate: route({
    summary: 'Write the next version of a text; null makes a part ours again',
    access: ADMINS,
    scope: 'settings:write',
    params,
    body: z.strictObject({ version, ...parts }),
    response: text,
  }),
  resetTemplate: route({
    summary: 'Make a whole text ours again, as its next version',
    access: ADMINS,
    scope: 'settings:write',
    params,
    body: z.strictObject({ version }),
    response: text,
  }),
  previewTemplate: route({
    summary: 'A mail as somebody would get it, made of a real ticket, with what is not saved yet',
    access: ADMINS,
    params,
    body: tried,
    response: rendered,
  }),
  testTemplate: route({
    summary: 'Send a preview to one’s own address',
    access: ADMINS,
    params,
    body: tried,
    response: rendered,
    status: 202,
  }),
} satisfies Record<keyof typeof TEMPLATES_PATHS, Route>;
