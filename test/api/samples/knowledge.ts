import type { Actor } from '../../support/actors.ts';
import type { Request, Sample, World } from '../samples.ts';
import { ticketOf } from './tickets.ts';

/** An article that staff wrote; published for everybody unless said. */
export async function articleOn(
  { desk }: Pick<World, 'desk'>,
  audience = 'public',
  published: number | null = 1,
): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `with who as (insert into employee (email, role, status, created_at, updated_at) values (gen_random_uuid() || '@maravia.example', 'coordinator', 'approved', now(), now()) returning id),
        a as (insert into article (audience, published, created_at, updated_at) values (?, ?, now(), now()) returning id)
       insert into article_text (article_id, number, title, body, author_id, created_at) select a.id, 1, 'A sample', 'Of **words**.', who.id, now() from a, who returning article_id as id`,
      [audience, published],
    ),
  );
  return Number(row?.id);
}

/** Articles belong to nobody: whom they are for reaches every one. What is for staff does not exist for others. */
const on = (body?: object): Sample => {
  const at = (id: number): Request => ({ params: { id }, ...(body && { body }) });
  return {
    own: async (world) => at(await articleOn(world)),
    foreign: async (world) => at(await articleOn(world, 'staff')),
    reach: ['coordinator', 'admin'],
  };
};

async function solved({ desk }: World, owner: Actor): Promise<Request> {
  const { id } = await ticketOf(owner);
  await desk.transaction((tx) =>
    tx.em.execute(`update ticket set status = 'resolved', resolved_at = now() where id = ?`, [id]),
  );
  return { params: { id } };
}

export const articleSamples = {
  listArticles: { own: () => ({}) },
  suggestArticles: { own: () => ({ query: { q: 'my printer' } }) },
  writeArticle: { own: () => ({ body: { title: 'A sample', body: 'Of words.' } }) },
  previewArticle: { own: () => ({ body: { body: 'Of words.' } }) },
  readArticle: on(),
  changeArticle: on({ version: 1, title: 'Another' }),
  deleteArticle: on(),
  publishArticle: on({ version: 1 }),
  takeBackArticle: on({ version: 1 }),
  readArticleTexts: on(),
  voteOnArticle: on({ helped: true }),
  draftFromTicket: { own: solved, foreign: (world) => solved(world, world.other), reach: ['coordinator', 'admin'] },
} satisfies Record<string, Sample>;
