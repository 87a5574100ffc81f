import type { EntityManager } from '@mikro-orm/postgresql';
import type { Transaction } from '../../db/transaction.ts';
import { AppError, fieldError } from '../../errors.ts';
import { findWebhook } from './webhook.ts';

/** A message to a webhook, and what became of it. */
export interface Delivery {
  id: number;
  message_id: string;
  event: string;
  state: 'pending' | 'delivered' | 'dead';
  attempts: number;
  status: number | null;
  error: string | null;
  ticket_id: number;
  next_at: string | Date;
  created_at: string | Date;
  finished_at: string | Date | null;
}

export interface ListDeliveries {
  state?: Delivery['state'] | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

const COLUMNS = `d.id, d.message_id, d.event, d.state, d.attempts, d.status, d.error, e.ticket_id, d.next_at, d.created_at, d.finished_at
  from webhook_delivery d join ticket_event e on e.id = d.ticket_event_id`;

/** A page of the messages to a webhook, newest first. */
export async function listDeliveries(
  em: EntityManager,
  webhookId: number,
  { state, limit = 50, cursor }: ListDeliveries,
): Promise<{ deliveries: Delivery[]; next: string | null }> {
  const rows = await em.execute<Delivery[]>(
    `select ${COLUMNS} where d.webhook_id = ? and (?::text is null or d.state = ?) and d.id < ? order by d.id desc limit ?`,
    [
      webhookId,
      state ?? null,
      state ?? null,
      cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor),
      limit + 1,
    ],
  );
  const deliveries = rows.slice(0, limit).map(numbered);
  return { deliveries, next: rows.length > limit ? `after_${deliveries.at(-1)?.id ?? 0}` : null };
}

const numbered = (row: Delivery): Delivery => ({ ...row, id: Number(row.id), ticket_id: Number(row.ticket_id) });

function readCursor(text: string): number {
  const [, id] = /^after_(\d{1,15})$/.exec(text) ?? [];
  if (!id) throw fieldError('cursor', 'is not one that this list gave');
  return Number(id);
}

/** Has a message sent again that is over, with its old id, by which its receiver knows it; 409 for one that waits. */
export async function replayDelivery(
  tx: Transaction,
  { webhookId, id, actorId }: { webhookId: number; id: number; actorId: number },
): Promise<Delivery> {
  const webhook = await findWebhook(tx, webhookId);
  if (!webhook.enabled) throw new AppError('conflict', 'The webhook is switched off: switch it on first');
  const find = async () =>
    (await tx.em.execute<Delivery[]>(`select ${COLUMNS} where d.webhook_id = ? and d.id = ?`, [webhookId, id]))[0];
  if (!(await find())) throw new AppError('not_found', 'There is no such message');
  const [row] = await tx.em.execute<unknown[]>(
    `update webhook_delivery set state = 'pending', attempts = 0, next_at = ?, finished_at = null where id = ? and state <> 'pending' returning id`,
    [tx.now, id],
  );
  if (!row) throw new AppError('conflict', 'The message waits to be sent');
  tx.audit({ action: 'webhook.replayed', actorId, data: { webhook: webhookId, delivery: id } });
  const found = await find();
  if (!found) throw new AppError('not_found', 'There is no such message');
  return numbered(found);
}

/** Days for which the log keeps what is over. */
const KEPT = 30;

export async function forgetDeliveries(tx: Transaction): Promise<void> {
  await tx.em.execute(
    `delete from webhook_delivery where state <> 'pending' and finished_at < ?::timestamptz - make_interval(days => ?)`,
    [tx.now, KEPT],
  );
}
