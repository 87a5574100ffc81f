import type { Paths } from './method-and-path.ts';

export const TEMPLATES_PATHS = {
  listTemplates: ['GET', '/api/templates'],
  readTemplate: ['GET', '/api/templates/:template/:locale'],
  changeTemplate: ['PATCH', '/api/templates/:template/:locale'],
  resetTemplate: ['POST', '/api/templates/:template/:locale/reset'],
  previewTemplate: ['POST', '/api/templates/:template/:locale/preview'],
  testTemplate: ['POST', '/api/templates/:template/:locale/test'],
} as const satisfies Paths;
