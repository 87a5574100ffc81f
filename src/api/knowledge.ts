import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { findArticle } from '../knowledge/article.ts';
import { draftFromTicket } from '../knowledge/draft-from-ticket.ts';
import { listArticles, suggestArticles } from '../knowledge/list-articles.ts';
import { readArticleTexts } from '../knowledge/read-article-texts.ts';
import { renderMarkdown } from '../knowledge/render-markdown.ts';
import { voteOnArticle } from '../knowledge/vote-on-article.ts';
import { changeArticle, deleteArticle, publishArticle, writeArticle } from '../knowledge/write-article.ts';
import { isStaff, type Person } from '../people/employee.ts';
import { visibleTickets } from '../tickets/access.ts';
import { mount, type MountDeps } from './mount.ts';
import { pageLink } from './page-link.ts';

/** What the desk knows, for whom it is for. */
export function knowledgeRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'suggestArticles', async ({ tx, actor, query: { q } }) => ({
    results: await suggestArticles(tx.em, actor, q),
  }));

  mount(router, deps, 'listArticles', async ({ tx, actor, query }) => {
    const { found, next } = await listArticles(tx.em, actor, query);
    return { next: pageLink('/api/articles', query, next), results: found };
  });

  mount(router, deps, 'writeArticle', async ({ tx, actor, body }) =>
    present(tx, actor, await writeArticle(tx, actor.id, body)),
  );

  mount(router, deps, 'previewArticle', ({ body }) => Promise.resolve({ html: renderMarkdown(body.body) }));

  mount(router, deps, 'readArticle', async ({ tx, actor, params: { id } }) => present(tx, actor, id));

  mount(router, deps, 'changeArticle', async ({ tx, actor, params: { id }, body: { version, ...changes } }) => {
    await changeArticle(tx, { id, actorId: actor.id, version }, changes);
    return present(tx, actor, id);
  });

  mount(router, deps, 'deleteArticle', async ({ tx, actor, params: { id } }) => {
    await deleteArticle(tx, id, actor.id);
    return {};
  });

  for (const [name, published] of [
    ['publishArticle', true],
    ['takeBackArticle', false],
  ] as const)
    mount(router, deps, name, async ({ tx, actor, params: { id }, body: { version } }) => {
      await publishArticle(tx, { id, actorId: actor.id, version }, published);
      return present(tx, actor, id);
    });

  mount(router, deps, 'readArticleTexts', async ({ tx, params: { id } }) => ({
    results: (await readArticleTexts(tx, id)).map((text) => ({ ...text, html: renderMarkdown(text.body) })),
  }));

  mount(router, deps, 'voteOnArticle', async ({ tx, actor, params: { id }, body: { helped } }) => {
    await voteOnArticle(tx, actor, { id, helped });
    return present(tx, actor, id);
  });

  mount(router, deps, 'draftFromTicket', async ({ tx, actor, params: { id } }) =>
    present(tx, actor, await draftFromTicket(tx, actor, id)),
  );
}

async function present(tx: Transaction, reader: Person, id: number) {
  const article = await findArticle(tx, reader, id, isStaff(reader) ? visibleTickets(reader) : undefined);
  return { ...article, html: renderMarkdown(article.body) };
}
