import { ASSISTANT_PATHS } from './paths/assistant.ts';
import { AUDIT_PATHS } from './paths/audit.ts';
import { CONVERSATION_PATHS } from './paths/conversation.ts';
import { DESK_PATHS } from './paths/desk.ts';
import { FACTORS_PATHS } from './paths/factors.ts';
import { INBOUND_PATHS } from './paths/inbound.ts';
import { KEYS_PATHS } from './paths/keys.ts';
import { KNOWLEDGE_PATHS } from './paths/knowledge.ts';
import { LEDGER_PATHS } from './paths/ledger.ts';
import { LOCAL_MAIL_PATHS } from './paths/local-mail.ts';
import { OUTBOUND_PATHS } from './paths/outbound.ts';
import { MAILBOXES_PATHS } from './paths/mailboxes.ts';
import { PEOPLE_PATHS } from './paths/people.ts';
import { PROFILE_PATHS } from './paths/profile.ts';
import { REPORTS_PATHS } from './paths/reports.ts';
import { STATUS_LINK_PATHS } from './paths/status-link.ts';
import { SETTINGS_PATHS } from './paths/settings.ts';
import { SYSTEM_PATHS } from './paths/system.ts';
import { TASKS_PATHS } from './paths/tasks.ts';
import { TEMPLATES_PATHS } from './paths/templates.ts';
import { TICKETS_PATHS } from './paths/tickets.ts';
import { TOKENS_PATHS } from './paths/tokens.ts';
import { WEBHOOKS_PATHS } from './paths/webhooks.ts';
import { WORKFLOW_PATHS } from './paths/workflow.ts';
import type { Paths } from './paths/method-and-path.ts';

/** Every operation of the API: method and path. All that a browser needs at run time; shapes come as types. */
export const PATHS = {
  ...TOKENS_PATHS,
  ...FACTORS_PATHS,
  ...DESK_PATHS,
  ...PROFILE_PATHS,
  ...PEOPLE_PATHS,
  ...KEYS_PATHS,
  ...TICKETS_PATHS,
  ...CONVERSATION_PATHS,
  ...STATUS_LINK_PATHS,
  ...KNOWLEDGE_PATHS,
  ...ASSISTANT_PATHS,
  ...WORKFLOW_PATHS,
  ...WEBHOOKS_PATHS,
  ...TASKS_PATHS,
  ...REPORTS_PATHS,
  ...SETTINGS_PATHS,
  ...MAILBOXES_PATHS,
  ...SYSTEM_PATHS,
  ...INBOUND_PATHS,
  ...LEDGER_PATHS,
  ...OUTBOUND_PATHS,
  ...TEMPLATES_PATHS,
  ...AUDIT_PATHS,
  ...LOCAL_MAIL_PATHS,
} as const satisfies Paths;

export type RouteName = keyof typeof PATHS;
