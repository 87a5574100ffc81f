import { createHash, randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/transaction.ts';
import { readSettings } from '../../settings/read-settings.ts';
import type { ReplyMailbox } from '../reply-token.ts';
import { keepPace } from './pace.ts';
import { MAIL_TEMPLATES, type MailTemplate } from './mail-template.ts';

/** A row that is ours to send until the lease ends. Whoever writes its result must still hold `token`. */
export interface Claim {
  id: number;
  token: string;
  template: MailTemplate;
  recipient: string;
  envelopeFrom: string;
  attempts: number;
  createdAt: Date;
  mailbox: ReplyMailbox;
  messageId: string | null;
  /** null: they are in the row. */
  mime: Buffer | null;
}

/** What composing a row came to. `refused`: it must never go out; `trouble`: it may work later; `later`: its time has not come. */
export type Composed =
  /** `sealed`: what is stored instead, as the bytes hold a status link. */
  { mime: Buffer; sealed?: Buffer | null } | { refused: string } | { trouble: string } | { later: string };

interface Row {
  id: string;
  state: 'pending' | 'sending' | 'ambiguous';
  template: MailTemplate;
  recipient: string;
  envelope_from: string;
  attempts: number;
  created_at: string;
  mailbox_id: string;
  message_id: string | null;
  mailbox: { address: string; plusAddressing: boolean };
  secret: boolean;
  has_mime: boolean;
}

/** Milliseconds until a row is looked at again whose time has not come. */
const LATER = 5000;

/** Said of a row that went out, perhaps, and must not go out twice. */
export const PERHAPS_SENT = 'Perhaps sent: the server did not answer, and it is not sent twice';

/**
 * Takes the rows among `ids` that are due, fenced by a new token, and stores the bytes of those that had none. A row whose lease ended is taken
 * again with the same bytes, unless it is one to be sent at most once and its message was already on the way. Bytes that hold a secret
 * are not stored: the same draft makes the same ones.
 */
export async function claimRows(
  tx: Transaction,
  ids: readonly number[],
  composed: ReadonlyMap<number, Composed>,
  leaseMs: number,
): Promise<Claim[]> {
  const { mails_per_domain: perMinute } = await readSettings(tx);
  const due = await keepPace(tx, await lockDue(tx, ids), perMinute);
  const [onTheWay, free] = partition(
    due,
    ({ state, template }) => state === 'ambiguous' && MAIL_TEMPLATES[template].once,
  );
  await giveUp(tx, onTheWay);

  const bytes = (row: Row) => composed.get(Number(row.id));
  const [ready, empty] = partition(free, (row) => row.has_mime || mimeOf(bytes(row)) !== null);
  for (const row of empty) await putAside(tx, row, bytes(row));
  await storeBytes(
    tx,
    ready.flatMap((row) => (row.has_mime || row.secret ? [] : storedOf(Number(row.id), bytes(row)))),
  );

  const token = randomUUID();
  if (ready.length > 0)
    await tx.em.execute(
      `update outbound_message set state = 'sending', lease_token = ?, lease_until = ?, claimed_at = ?, attempts = attempts + 1 where id in (?)`,
      [token, new Date(tx.now.getTime() + leaseMs), tx.now, ready.map(({ id }) => id)],
    );
  return ready.map((row) => ({
    id: Number(row.id),
    token,
    template: row.template,
    recipient: row.recipient,
    envelopeFrom: row.envelope_from,
    attempts: row.attempts + 1,
    createdAt: new Date(row.created_at),
    mailbox: { id: Number(row.mailbox_id), ...row.mailbox },
    messageId: row.message_id,
    mime: row.has_mime ? null : mimeOf(bytes(row)),
  }));
}

function lockDue({ em, now }: Transaction, ids: readonly number[]): Promise<Row[]> {
  return em.execute<Row[]>(
    `select id, state, template, recipient, envelope_from, attempts, created_at, mailbox_id, message_id,
            (select json_build_object('address', address, 'plusAddressing', plus_addressing) from mailbox where mailbox.id = mailbox_id) as mailbox,
            secret, mime_sha256 is not null as has_mime
       from outbound_message
      where id in (?) and state in ('pending', 'sending', 'ambiguous') and send_after <= ?
        and (lease_until is null or lease_until < ?)
      order by id for update skip locked`,
    [ids, now, now],
  );
}

async function giveUp({ em, now }: Transaction, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  await em.execute(
    `update outbound_message set state = 'failed', reason = ?, lease_token = null, lease_until = null, finished_at = ? where id in (?)`,
    [PERHAPS_SENT, now, rows.map(({ id }) => id)],
  );
}

/** A row without bytes is not sent. One that nothing could be drafted for has lost what it was about. */
async function putAside(tx: Transaction, { id }: Row, composed: Composed | undefined): Promise<void> {
  const { em, now } = tx;
  if (composed && 'later' in composed) {
    const at = new Date(now.getTime() + LATER);
    await em.execute(`update outbound_message set reason = ?, send_after = ? where id = ?`, [composed.later, at, id]);
    tx.enqueue('send-messages', { ids: [Number(id)] }, at);
  } else if (composed && 'trouble' in composed)
    await em.execute(
      `update outbound_message set reason = ?, attempts = attempts + 1,
              send_after = ?::timestamptz + least(power(2, attempts), 240) * interval '1 minute' where id = ?`,
      [composed.trouble, now, id],
    );
  else {
    const reason = composed && 'refused' in composed ? composed.refused : 'What it was about is gone';
    await em.execute(
      `update outbound_message set state = 'suppressed', reason = ?, lease_token = null, lease_until = null, finished_at = ? where id = ?`,
      [reason, now, id],
    );
  }
}

function storedOf(id: number, composed: Composed | undefined) {
  if (!composed || !('mime' in composed)) return [];
  const { mime, sealed = null } = composed;
  const sha256 = createHash('sha256').update(mime).digest('hex');
  return [{ id, bytes: sealed ?? mime, sealed: sealed !== null, sha256 }];
}

async function storeBytes({ em }: Transaction, rows: ReturnType<typeof storedOf>): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(() => `(?::bigint, decode(?, 'base64'), ?::boolean, ?)`).join(', ');
  await em.execute(
    `update outbound_message o set mime = v.mime, sealed = v.sealed, mime_sha256 = v.sha256
       from (values ${values}) as v(id, mime, sealed, sha256) where o.id = v.id`,
    rows.flatMap(({ id, bytes, sealed, sha256 }) => [id, bytes.toString('base64'), sealed, sha256]),
  );
}

function mimeOf(composed: Composed | undefined): Buffer | null {
  return composed && 'mime' in composed ? composed.mime : null;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
