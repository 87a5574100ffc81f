import type Router from '@koa/router';
import { answerBySearch } from '../assistant/answer-by-search.ts';
import { mount, type MountDeps } from './mount.ts';

/** Questions that the desk answers by itself. */
export function assistantRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'askAssistant', async ({ tx, actor, body: { question } }) => ({
    by: 'search' as const,
    ...(await answerBySearch(tx, actor, question)),
  }));
}
