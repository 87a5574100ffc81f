import type { Transaction } from '../../db/transaction.ts';
import type { WebhookEvent } from '../../contract/webhook-events.ts';
import { AppError, fieldError } from '../../errors.ts';
import { destinationOf, type Destination } from '../../http/destinations.ts';
import { newPushSecret } from '../../mail/sources/push-signature.ts';
import { seal, type Keyring } from '../../secrets.ts';
import { findWebhook, webhookPlace } from './webhook.ts';

export interface WebhookRules {
  /** Servers that may be told anything; none: there are no webhooks. */
  hosts: readonly Destination[];
  sealing: Keyring;
}

export interface NewWebhook {
  name: string;
  url: string;
  events: readonly WebhookEvent[];
}

/** So many at most: each event makes a message for each of them. */
const MOST = 50;

/** Adds a webhook; `secret` is told this once. */
export async function createWebhook(
  tx: Transaction,
  { actorId, given }: { actorId: number; given: NewWebhook },
  { hosts, sealing }: WebhookRules,
): Promise<{ id: number; secret: string }> {
  refuseForeign(given.url, hosts);
  const [count] = await tx.em.execute<{ n: number }[]>('select count(*)::int as n from webhook');
  if ((count?.n ?? 0) >= MOST) throw new AppError('conflict', `There are ${MOST} webhooks: delete one first`);
  const [row] = await tx.em.execute<{ id: string }[]>(
    `insert into webhook (name, url, events, secret, created_by, created_at) values (?, ?, string_to_array(?, ','), '', ?, ?) returning id`,
    [given.name, given.url, given.events.join(), actorId, tx.now],
  );
  const [id, secret] = [Number(row?.id), newPushSecret()];
  await tx.em.execute('update webhook set secret = ? where id = ?', [seal(sealing, secret, webhookPlace(id)), id]);
  tx.audit({ action: 'webhook.created', actorId, data: { webhook: id, host: new URL(given.url).host } });
  return { id, secret };
}

export type WebhookChanges = { [K in keyof NewWebhook]?: NewWebhook[K] | undefined } & {
  enabled?: boolean | undefined;
};

/** Changes what was given; 409 when it has changed since `version`. What waits for it goes to its new address. */
export async function changeWebhook(
  tx: Transaction,
  { id, actorId, version, changes }: { id: number; actorId: number; version: number; changes: WebhookChanges },
  { hosts }: WebhookRules,
): Promise<void> {
  const { url, name, events, enabled } = changes;
  if (url !== undefined) refuseForeign(url, hosts);
  await findWebhook(tx, id);
  const [changed] = await tx.em.execute<unknown[]>(
    `update webhook set name = coalesce(?, name), url = coalesce(?, url), events = coalesce(string_to_array(?, ','), events),
        enabled = coalesce(?::boolean, enabled), stopped_reason = case when ?::boolean is null then stopped_reason end, version = version + 1
      where id = ? and version = ? returning id`,
    [name ?? null, url ?? null, events?.join() ?? null, enabled ?? null, enabled ?? null, id, version],
  );
  if (!changed) throw new AppError('version_conflict', 'The webhook has changed since you read it');
  const what = Object.keys(changes).filter((key) => changes[key as keyof WebhookChanges] !== undefined);
  tx.audit({ action: 'webhook.changed', actorId, data: { webhook: id, changed: what.join() } });
}

/** With all that waits for it, and its log. */
export async function deleteWebhook(tx: Transaction, id: number, actorId: number): Promise<void> {
  await findWebhook(tx, id);
  await tx.em.execute('delete from webhook where id = ?', [id]);
  tx.audit({ action: 'webhook.deleted', actorId, data: { webhook: id } });
}

function refuseForeign(url: string, hosts: readonly Destination[]): void {
  if (URL.canParse(url) && destinationOf(hosts, new URL(url))) return;
  const known = hosts.map((host) => ('origin' in host ? host.origin : `${host.below ? '*.' : ''}${host.host}`));
  throw fieldError(
    'url',
    known.length === 0
      ? 'no server may be told anything: see WEBHOOK_HOSTS'
      : `must be https at one of: ${known.join(', ')}`,
  );
}
