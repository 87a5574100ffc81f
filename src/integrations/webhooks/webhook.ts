import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { WebhookEvent } from '../../contract/webhook-events.ts';

/** Another system that is told what happens. */
export interface Webhook {
  id: number;
  name: string;
  url: string;
  events: WebhookEvent[];
  enabled: boolean;
  /** Why the desk switched it off. */
  stopped_reason: string | null;
  version: number;
  /** Messages that wait, and that were given up. */
  waiting: number;
  dead: number;
  created_at: Date;
}

/** What a secret of this row is sealed for. */
export const webhookPlace = (id: number) => `webhook:${id}:secret`;

const COLUMNS = `w.id, w.name, w.url, w.events, w.enabled, w.stopped_reason, w.version, w.created_at,
  (select count(*)::int from (select from webhook_delivery d where d.webhook_id = w.id and d.state = 'pending' limit 10000) p) as waiting,
  (select count(*)::int from (select from webhook_delivery d where d.webhook_id = w.id and d.state = 'dead' limit 10000) p) as dead`;

/** All of them, oldest first, or the one of this id. */
export async function listWebhooks({ em }: Pick<Transaction, 'em'>, id: number | null = null): Promise<Webhook[]> {
  const rows = await em.execute<(Webhook & { id: string; created_at: string | Date })[]>(
    `select ${COLUMNS} from webhook w where ?::bigint is null or w.id = ? order by w.id`,
    [id, id],
  );
  return rows.map((row) => ({ ...row, id: Number(row.id), created_at: new Date(row.created_at) }));
}

/** 404 when there is none. */
export async function findWebhook(tx: Pick<Transaction, 'em'>, id: number): Promise<Webhook> {
  const [found] = await listWebhooks(tx, id);
  if (!found) throw new AppError('not_found', 'There is no such webhook');
  return found;
}
