import type { Paths } from './method-and-path.ts';

export const WORKFLOW_PATHS = {
  workflowCallback: ['POST', '/api/workflow/callback'],
  retryWorkflow: ['POST', '/api/tickets/:id/workflow/retry'],
} as const satisfies Paths;
