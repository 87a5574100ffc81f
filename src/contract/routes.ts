import type { RouteName } from './paths.ts';
import type { Route } from './route.ts';
import { assistantRoutes } from './routes/assistant.ts';
import { auditRoutes } from './routes/audit.ts';
import { conversationRoutes } from './routes/conversation.ts';
import { deskRoutes } from './routes/desk.ts';
import { factorsRoutes } from './routes/factors.ts';
import { inboundRoutes } from './routes/inbound.ts';
import { keysRoutes } from './routes/keys.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { localMailRoutes } from './routes/local-mail.ts';
import { outboundRoutes } from './routes/outbound.ts';
import { mailboxesRoutes } from './routes/mailboxes.ts';
import { peopleRoutes } from './routes/people.ts';
import { profileRoutes } from './routes/profile.ts';
import { reportsRoutes } from './routes/reports.ts';
import { statusLinkRoutes } from './routes/status-link.ts';
import { settingsRoutes } from './routes/settings.ts';
import { systemRoutes } from './routes/system.ts';
import { tasksRoutes } from './routes/tasks.ts';
import { templatesRoutes } from './routes/templates.ts';
import { ticketsRoutes } from './routes/tickets.ts';
import { tokensRoutes } from './routes/tokens.ts';
import { webhooksRoutes } from './routes/webhooks.ts';
import { workflowRoutes } from './routes/workflow.ts';

/** The whole API as data. */
export const ROUTES = {
  ...tokensRoutes,
  ...factorsRoutes,
  ...deskRoutes,
  ...profileRoutes,
  ...peopleRoutes,
  ...keysRoutes,
  ...ticketsRoutes,
  ...conversationRoutes,
  ...statusLinkRoutes,
  ...knowledgeRoutes,
  ...assistantRoutes,
  ...workflowRoutes,
  ...webhooksRoutes,
  ...tasksRoutes,
  ...reportsRoutes,
  ...settingsRoutes,
  ...mailboxesRoutes,
  ...systemRoutes,
  ...inboundRoutes,
  ...ledgerRoutes,
  ...outboundRoutes,
  ...templatesRoutes,
  ...auditRoutes,
  ...localMailRoutes,
} as const satisfies Record<RouteName, Route>;

export type Routes = typeof ROUTES;
