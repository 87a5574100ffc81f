import { createHmac, randomUUID } from 'node:crypto';
import { secretPlace, type MailboxSecret } from '../../src/mail/sources/mailbox-secret.ts';
import { newPushSecret } from '../../src/mail/sources/push-signature.ts';
import { seal } from '../../src/secrets.ts';
import type { TestDesk } from './desk.ts';

let made = 0;

export interface PushMailbox {
  id: number;
  address: string;
  secret: string;
}

/** A mailbox whose mail is pushed by HTTP, with its secret. */
export async function addPushMailbox(desk: TestDesk, address = `push${++made}@desk.example`): Promise<PushMailbox> {
  const secret = newPushSecret();
  const id = await addMailbox(desk, { address, source: 'http', secret: { pushSecret: secret } });
  return { id, address, secret };
}

/** As an admin would have given it; nobody listens there. */
const NOBODYS_SERVER = { host: '127.0.0.1', port: 1, tls: 'implicit', user: 'box', folder: 'INBOX' };

/** A mailbox as a row, with sealed credentials. */
export async function addMailbox(
  desk: TestDesk,
  given: { address?: string; source?: string; secret?: MailboxSecret },
): Promise<number> {
  const { address = `box${++made}@desk.example`, source = 'smtp', secret = {} } = given;
  return desk.transaction(async (tx) => {
    const [row] = await tx.em.execute<{ id: string }[]>(
      `insert into mailbox (name, address, source, source_config, sender_trust, created_at)
       values ('Box', ?, ?, ?::jsonb, 'submission', now()) returning id`,
      [address, source, JSON.stringify(source === 'imap' ? NOBODYS_SERVER : {})],
    );
    const id = Number(row?.id);
    const sealed = seal(desk.secrets.sealing, JSON.stringify(secret), secretPlace({ id }));
    await tx.em.execute('update mailbox set secret = ? where id = ?', [sealed, id]);
    return id;
  });
}

/** The headers of a signed push, as a sender makes them by the standard alone. */
export function signPush(
  secret: string,
  body: string | Buffer,
  { id = `msg_${randomUUID()}`, at = new Date() }: { id?: string; at?: Date } = {},
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
