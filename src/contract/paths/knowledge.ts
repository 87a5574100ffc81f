import type { Paths } from './method-and-path.ts';

export const KNOWLEDGE_PATHS = {
  listArticles: ['GET', '/api/articles'],
  writeArticle: ['POST', '/api/articles'],
  suggestArticles: ['GET', '/api/articles/suggestions'],
  previewArticle: ['POST', '/api/articles/preview'],
  readArticle: ['GET', '/api/articles/:id'],
  changeArticle: ['PATCH', '/api/articles/:id'],
  deleteArticle: ['DELETE', '/api/articles/:id'],
  publishArticle: ['POST', '/api/articles/:id/publish'],
  takeBackArticle: ['POST', '/api/articles/:id/take-back'],
  readArticleTexts: ['GET', '/api/articles/:id/versions'],
  voteOnArticle: ['PUT', '/api/articles/:id/vote'],
  draftFromTicket: ['POST', '/api/tickets/:id/article'],
} as const satisfies Paths;
