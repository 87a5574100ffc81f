import { z } from 'zod';
import type { KNOWLEDGE_PATHS } from '../paths/knowledge.ts';
import { EVERYONE, idParams, limit, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const audience = z.enum(['public', 'staff']);
const state = z.enum(['draft', 'published', 'changed']);
const excerpt = z.array(z.object({ text: z.string(), hit: z.boolean() })).nullable();

const summary = z.object({
  id: z.int(),
  title: z.string(),
  category: z.string().nullable(),
  /** public: everybody who is signed in; staff: staff. */
  audience,
  /** changed: newer words than the published ones wait. Who is not staff sees published ones only. */
  state,
  /** Number of the words that are shown. */
  text: z.int(),
  helped: z.int(),
  not_helped: z.int(),
  updated_at: schema.time,
});
/** An article as a search finds it. */
export const foundArticle = summary.extend({ excerpt });

const article = summary.extend({
  /** Markdown */
  body: z.string(),
  /** The same, safe to be shown. */
  html: z.string(),
  /** Number of the words that are published; null: none are. */
  published: z.int().nullable(),
  /** Name it with the next change. */
  version: z.int(),
  /** For staff: the ticket that it was drafted from. */
  ticket_id: z.int().nullable(),
  author: z.string(),
  /** Whether it helped the reader; null: they have not said. */
  my_vote: z.boolean().nullable(),
});

const text = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string(),
  html: z.string(),
  author: z.string(),
  created_at: schema.time,
  published: z.boolean(),
});

const version = z.int().positive();
const title = schema.line(200);
const body = schema.words(100_000);
/** name or id */
const category = z.union([schema.line(100), z.int()]).nullable();
const versionBody = z.strictObject({ version });

export const knowledgeRoutes = {
  listArticles: route({
    summary: 'Articles that the caller may read; with words those that have all of them, best first',
    access: EVERYONE,
    scope: 'tickets:read',
    query: z.strictObject({
      q: schema.line(200).optional(),
      category: schema.line(100).optional(),
      state: state.optional(),
      limit: limit.optional(),
      cursor: z.string().max(40).optional(),
    }),
    response: z.object({ next: z.string().nullable(), results: z.array(foundArticle) }),
  }),
  suggestArticles: route({
    summary: 'Published articles that may answer a question, best first: any of its words will do',
    access: EVERYONE,
    scope: 'tickets:read',
    query: z.strictObject({ q: schema.line(1000) }),
    response: z.object({ results: z.array(foundArticle) }),
  }),
  writeArticle: route({
    summary: 'Write an article, in Markdown; staff alone sees it until it is published',
    access: STAFF,
    scope: 'tickets:write',
    body: z.strictObject({ title, body, category: category.optional(), audience: audience.default('staff') }),
    response: article,
    status: 201,
  }),
  previewArticle: route({
    summary: 'How Markdown will look',
    access: STAFF,
    body: z.strictObject({ body }),
    response: z.object({ html: z.string() }),
  }),
  readArticle: route({
    summary: 'An article: for staff its newest words, for everybody else what is published',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    response: article,
  }),
  changeArticle: route({
    summary: 'Change an article; other words are a new version, which is published later',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    body: z.strictObject({
      ...{ version, title: title.optional(), body: body.optional() },
      ...{ category: category.optional(), audience: audience.optional() },
    }),
    response: article,
  }),
  deleteArticle: route({
    summary: 'Delete an article with its versions',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    response: z.object({}),
  }),
  publishArticle: route({
    summary: 'Show the newest words to everybody whom the article is for',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    body: versionBody,
    response: article,
  }),
  takeBackArticle: route({
    summary: 'Show an article to staff only, as a draft',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    body: versionBody,
    response: article,
  }),
  readArticleTexts: route({
    summary: 'The versions of an article, newest first, the newest hundred',
    access: STAFF,
    scope: 'tickets:read',
    params: idParams,
    response: z.object({ results: z.array(text) }),
  }),
  voteOnArticle: route({
    summary: 'Say whether an article helped; another answer replaces the first',
    access: EVERYONE,
    params: idParams,
    body: z.strictObject({ helped: z.boolean() }),
    response: article,
  }),
  draftFromTicket: route({
    summary: 'Make a draft of a ticket that is solved; 409 when it is not',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    response: article,
    status: 201,
  }),
} satisfies Record<keyof typeof KNOWLEDGE_PATHS, Route>;
