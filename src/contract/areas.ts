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

/** The operations by what they are about, in the order in which the reference tells them. */
export const AREAS: Record<string, Record<string, Route>> = {
  'Signing in': tokensRoutes,
  'Second factors': factorsRoutes,
  Tickets: ticketsRoutes,
  Conversation: conversationRoutes,
  'Status links': statusLinkRoutes,
  Knowledge: knowledgeRoutes,
  Assistant: assistantRoutes,
  'Workflow system': workflowRoutes,
  Webhooks: webhooksRoutes,
  Tasks: tasksRoutes,
  Reports: reportsRoutes,
  'Own account': profileRoutes,
  People: peopleRoutes,
  'API keys': keysRoutes,
  Settings: settingsRoutes,
  Mailboxes: mailboxesRoutes,
  System: systemRoutes,
  'Mail in': inboundRoutes,
  'Mail ledger': ledgerRoutes,
  'Mail out': outboundRoutes,
  'Mail texts': templatesRoutes,
  Audit: auditRoutes,
  Desk: deskRoutes,
  'Local mode': localMailRoutes,
};
