import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import type { Destination } from '../../http/destinations.ts';
import { httpCall, HttpFailure, type Lookup } from '../../http/http-call.ts';
import type { Log } from '../../log.ts';
import { signBody } from '../../mail/sources/push-signature.ts';
import { unseal, type Keyring } from '../../secrets.ts';
import { webhookMessage } from './webhook-message.ts';
import { webhookPlace } from './webhook.ts';

export interface WebhookDeps {
  hosts: readonly Destination[];
  sealing: Keyring;
  publicUrl: string;
  lookup?: Lookup;
}

/** Seconds after each try that failed; after the last one it is dead. */
export const WAITS = [5, 60, 300, 1800, 7200, 18_000, 36_000];
/** Milliseconds and bytes of an answer (T25), milliseconds for which a message belongs to whoever sends it, and how many are taken at once. */
const TIMEOUT = 10_000;
const ANSWER = 1_000_000;
const LEASE = TIMEOUT + 10_000;
const AT_ONCE = 10;

interface Claim {
  id: number;
  webhookId: number;
  messageId: string;
  attempts: number;
  url: string;
  secret: string;
  /** null: there is nothing to tell any more. */
  body: string | null;
}

/** Webhooks that are being told something by this process. */
export interface WebhookSender {
  /** Begins with what is due. One that hangs holds nobody up but itself. */
  turn(): Promise<void>;
  /** Resolves when nothing is under way. */
  settle(): Promise<void>;
}

export function webhookSender(transaction: RunTransaction, log: Log, deps: WebhookDeps): WebhookSender {
  const busy = new Map<number, Promise<void>>();
  return {
    async turn() {
      const due = await transaction((tx) =>
        tx.em.execute<{ id: string }[]>(
          `select w.id from webhook w where w.enabled and exists (select from webhook_delivery d where d.webhook_id = w.id and d.state = 'pending' and d.next_at <= ?)`,
          [tx.now],
        ),
      );
      for (const { id } of due) {
        if (busy.has(Number(id))) continue;
        const work = sendDue(transaction, Number(id), deps)
          .catch((error: unknown) => log.error({ err: error, webhook: Number(id) }, 'webhook'))
          .finally(() => busy.delete(Number(id)));
        busy.set(Number(id), work);
      }
    },
    async settle() {
      await Promise.all(busy.values());
    },
  };
}

async function sendDue(transaction: RunTransaction, webhookId: number, deps: WebhookDeps): Promise<void> {
  const claims = await transaction((tx) => claim(tx, webhookId, deps));
  await Promise.all(
    claims.map(async (one) => {
      const answer = one.body === null ? null : await send(one, one.body, deps);
      await transaction((tx) => record(tx, one, answer));
    }),
  );
}

async function claim(tx: Transaction, webhookId: number, { sealing, publicUrl }: WebhookDeps): Promise<Claim[]> {
  // A reply that waits may have been put off since its message was written.
  const waits = `exists (select from ticket_event e where e.id = ticket_event_id and e.notice_after > ?)`;
  const due = `select id from webhook_delivery where webhook_id = ? and state = 'pending' and next_at <= ? and not ${waits}
      order by next_at, id limit ${AT_ONCE} for update skip locked`;
  const rows = await tx.em.execute<
    {
      id: string;
      message_id: string;
      attempts: number;
      event: string;
      ticket_event_id: string;
      url: string;
      secret: string;
    }[]
  >(
    `update webhook_delivery d set attempts = attempts + 1, next_at = ? from webhook w where w.id = d.webhook_id and d.id in (${due})
      returning d.id, d.message_id, d.attempts, d.event, d.ticket_event_id, w.url, w.secret`,
    [new Date(tx.now.getTime() + LEASE), webhookId, tx.now, tx.now],
  );
  const claims: Claim[] = [];
  for (const { id, message_id: messageId, attempts, event, ticket_event_id, url, secret } of rows)
    claims.push({
      ...{
        id: Number(id),
        webhookId,
        messageId,
        attempts,
        url,
        secret: unseal(sealing, secret, webhookPlace(webhookId)),
      },
      body: await webhookMessage(tx.em, { ticketEventId: Number(ticket_event_id), event, publicUrl }),
    });
  return claims;
}

interface Answer {
  status: number | null;
  error: string | null;
}

/** Signed anew at each try, with the moment of it; the id stays. */
async function send({ url, secret, messageId }: Claim, body: string, { hosts, lookup }: WebhookDeps): Promise<Answer> {
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': messageId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signBody({ id: messageId, timestamp }, secret, body),
  };
  const bounds = { allowed: hosts, timeout: TIMEOUT, limit: ANSWER, ...(lookup && { lookup }) };
  try {
    const { status } = await httpCall({ url, method: 'POST', headers, body, ...bounds });
    return { status, error: status >= 200 && status < 300 ? null : `It answered ${status}` };
  } catch (error) {
    if (error instanceof HttpFailure) return { status: null, error: error.message };
    throw error;
  }
}

async function record(tx: Transaction, one: Claim, answer: Answer | null): Promise<void> {
  const { id, attempts, webhookId } = one;
  if (answer === null) {
    await tx.em.execute('delete from webhook_delivery where id = ?', [id]);
    return;
  }
  const { status, error } = answer;
  const wait = WAITS[attempts - 1];
  const state = error === null ? 'delivered' : wait === undefined ? 'dead' : 'pending';
  await tx.em.execute(
    `update webhook_delivery set state = ?, status = ?, error = ?, next_at = ?, finished_at = ? where id = ? and state = 'pending'`,
    [state, status, error, new Date(tx.now.getTime() + (wait ?? 0) * 1000), state === 'pending' ? null : tx.now, id],
  );
  // Its receiver says that nobody wants this any more (Standard Webhooks, "disabling").
  if (status === 410)
    await tx.em.execute(
      `update webhook set enabled = false, stopped_reason = 'It answered 410 (gone)', version = version + 1 where id = ? and enabled`,
      [webhookId],
    );
}
