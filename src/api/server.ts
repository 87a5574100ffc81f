import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import Koa, { type Context, type Next } from 'koa';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { assistantRoutes } from './assistant.ts';
import { attachmentRoutes } from './attachments.ts';
import { auditRoutes } from './audit.ts';
import { classificationRoutes } from './classification.ts';
import { conversationRoutes } from './conversation.ts';
import { deskRoutes, type DeskDeps } from './desk.ts';
import { factorRoutes } from './factors.ts';
import { gmailRoutes, type GmailRouteDeps } from './gmail.ts';
import { frameRoutes, type FrameDeps } from './frames.ts';
import { healthRoutes, type Health } from './health.ts';
import { inboundRoutes } from './inbound.ts';
import { knowledgeRoutes } from './knowledge.ts';
import { ledgerRoutes } from './ledger.ts';
import { outboundRoutes } from './outbound.ts';
import { unsubscribeRoutes } from './unsubscribe.ts';
import { localMailRoutes, type LocalMailDeps } from './local-mail.ts';
import { mailboxRoutes } from './mailboxes.ts';
import { mountOpen } from './mount.ts';
import { oidcRoutes, type OidcRouteDeps } from './oidc.ts';
import { openapiDocument } from './openapi.ts';
import { passwordRoutes } from './password.ts';
import { employeeRoutes } from './people.ts';
import { problem } from './problem.ts';
import { profileRoutes } from './profile.ts';
import { reportRoutes } from './reports.ts';
import { referenceRoutes } from './reference/reference-routes.ts';
import { registrationRoutes } from './registration.ts';
import { securityHeaders } from './security-headers.ts';
import { sessionRoutes } from './sessions.ts';
import { settingsRoutes } from './settings.ts';
import { portal } from './static.ts';
import { statusLinkRoutes } from './status-link.ts';
import { systemRoutes } from './system.ts';
import { taskRoutes } from './tasks.ts';
import { templateRoutes, type TemplateDeps } from './templates.ts';
import { ticketRoutes, type TicketDeps } from './tickets.ts';
import { tokenRoutes, type TokenDeps } from './tokens.ts';
import { webhookRoutes, type WebhookRouteDeps } from './webhooks.ts';
import { workflowRoutes, type WorkflowRouteDeps } from './workflow.ts';

export type ServerDeps = DeskDeps &
  TicketDeps &
  TokenDeps &
  FrameDeps &
  OidcRouteDeps &
  GmailRouteDeps &
  LocalMailDeps &
  TemplateDeps &
  WebhookRouteDeps &
  WorkflowRouteDeps & {
    log: Log;
    health: Health;
    /** Folder of the built portal. */
    portalDir: string;
    https: boolean;
  };

/** The whole web side: API, mail frames, health, portal. */
export async function createServer(deps: ServerDeps): Promise<Koa> {
  const server = new Koa();
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (!['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? ''))
      deps.log.error({ err: error }, 'web');
  });
  server.use(requestId);
  server.use(securityHeaders(deps.https));
  server.use(problem(deps.log));
  server.use(await portal(deps.portalDir));

  const router = new Router({ sensitive: true });
  healthRoutes(router, deps.health);
  frameRoutes(router, deps);
  tokenRoutes(router, deps);
  passwordRoutes(router, deps);
  sessionRoutes(router, deps);
  profileRoutes(router, deps);
  factorRoutes(router, deps);
  oidcRoutes(router, deps);
  deskRoutes(router, deps);
  registrationRoutes(router, deps);
  employeeRoutes(router, deps);
  ticketRoutes(router, deps);
  conversationRoutes(router, deps);
  statusLinkRoutes(router, deps);
  knowledgeRoutes(router, deps);
  assistantRoutes(router, deps);
  workflowRoutes(router, deps);
  webhookRoutes(router, deps);
  taskRoutes(router, deps);
  reportRoutes(router, deps);
  attachmentRoutes(router, deps);
  settingsRoutes(router, deps);
  classificationRoutes(router, deps);
  gmailRoutes(router, deps);
  mailboxRoutes(router, deps);
  systemRoutes(router, deps);
  inboundRoutes(router, deps);
  ledgerRoutes(router, deps);
  outboundRoutes(router, deps);
  templateRoutes(router, deps);
  unsubscribeRoutes(router, deps);
  auditRoutes(router, deps);
  apiKeyRoutes(router, deps);
  if (deps.local) localMailRoutes(router, deps);
  const document = openapiDocument(deps.local);
  mountOpen(router, deps, 'openapi', () => Promise.resolve({ ...document }));
  referenceRoutes(router, document);

  server.use(refuseBadEscapes);
  server.use(router.routes());
  server.use(nothingThere(router));
  return server;
}

async function requestId(ctx: Context, next: Next): Promise<void> {
  const id = randomUUID();
  ctx.state['requestId'] = id;
  ctx.set('X-Request-Id', id);
  await next();
}

async function refuseBadEscapes(ctx: Context, next: Next): Promise<void> {
  decodeURIComponent(ctx.path); // throws URIError: 400
  await next();
}

/** What the router did not match below /api: 405 when the path exists for another method, else 404. */
function nothingThere(router: Router) {
  return async (ctx: Context, next: Next): Promise<void> => {
    await next();
    if (!ctx.path.startsWith('/api') || ctx.status !== 404 || ctx.body) return;
    const { path } = router.match(ctx.path, ctx.method);
    const allowed = path.flatMap(({ methods }) => methods);
    if (allowed.length === 0) throw new AppError('not_found', 'Resource not found');
    ctx.set('Allow', [...new Set(allowed)].join(', '));
    throw new AppError('method_not_allowed', `Use ${[...new Set(allowed)].join(' or ')} here`);
  };
}
