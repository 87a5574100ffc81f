import type { EntityManager } from '@mikro-orm/postgresql';
import type { InboundMessage } from '../inbound/inbound-message.ts';

/** Another delivery of the same message, to this mailbox or to another one of ours. */
export interface OtherDelivery {
  id: number;
  mailbox: { id: number; name: string; address: string };
  state: InboundMessage['state'];
}

/** Deliveries of one message that are named; a loop may have made thousands. */
const MOST = 20;

/** All deliveries of the messages of these rows, by the message's id, oldest first. */
export async function listDeliveries(
  em: EntityManager,
  rows: readonly { mail_message_id: string | null }[],
): Promise<Map<string, OtherDelivery[]>> {
  const ids = [...new Set(rows.flatMap(({ mail_message_id }) => mail_message_id ?? []))];
  const found = await em.execute<(Omit<OtherDelivery, 'id'> & { id: string; message: string })[]>(
    `select d.id, d.message, d.state, json_build_object('id', b.id, 'name', b.name, 'address', b.address) as mailbox
       from unnest(?::bigint[]) as known(message) cross join lateral
            (select i.id, i.mail_message_id as message, i.state, i.mailbox_id from inbound_message i where i.mail_message_id = known.message
              order by i.id limit ${MOST}) d join mailbox b on b.id = d.mailbox_id order by d.id`,
    [`{${ids.join(',')}}`],
  );
  const all = found.map(({ id, message, mailbox, state }) => ({ message, line: { id: Number(id), mailbox, state } }));
  return new Map([...Map.groupBy(all, ({ message }) => message)].map(([key, same]) => [key, same.map((d) => d.line)]));
}
