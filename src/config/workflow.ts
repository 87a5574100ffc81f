import { z } from 'zod';
import { secureUrl } from './url.ts';

/** A secret of Standard Webhooks: `whsec_` and 24 to 64 random bytes in base64. */
export const webhookSecret = z
  .string()
  .regex(
    /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/,
    'must be whsec_ and 24 to 64 random bytes in base64 (openssl rand -base64 32)',
  );

/** Variables of the workflow system. */
export const workflowVariables = {
  WORKFLOW_URL: secureUrl.optional(),
  WORKFLOW_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,1000}$/, 'must be printable characters without blanks')
    .optional(),
  WORKFLOW_CALLBACK_SECRET: webhookSecret.optional(),
};

/** The workflow system that open tickets are sent to. */
export interface WorkflowConfig {
  url: string;
  apiKey: string;
  /** What it signs its callbacks with; null: none are taken. */
  callbackSecret: string | null;
}

interface Values {
  WORKFLOW_URL?: string | undefined;
  WORKFLOW_API_KEY?: string | undefined;
  WORKFLOW_CALLBACK_SECRET?: string | undefined;
}

/** null: there is none, and nothing is sent. */
export function workflowOf(values: Values): WorkflowConfig | null {
  const { WORKFLOW_URL: url, WORKFLOW_API_KEY: apiKey, WORKFLOW_CALLBACK_SECRET: callbackSecret = null } = values;
  return url && apiKey ? { url, apiKey, callbackSecret } : null;
}
