import type { Transaction } from '../../db/transaction.ts';

/** How many acknowledgements went out, by ticket ever and by address within the hour. Counted on as a batch adds to them. */
export interface Acknowledgements {
  forTicket: Map<number, number>;
  toAddress: Map<string, number>;
}

/** Names this kind of advisory lock. */
const LOCK = 7_301;

/**
 * Counts what has been acknowledged. Two transactions that acknowledge the same address take turns, or each would count without the
 * other; the locks are taken in one order.
 */
export async function countAcknowledgements(
  { em, now }: Transaction,
  tickets: readonly number[],
  addresses: readonly string[],
): Promise<Acknowledgements> {
  if (addresses.length === 0) return { forTicket: new Map(), toAddress: new Map() };
  await em.execute(
    `select pg_advisory_xact_lock(${LOCK}, hash) from
       (select distinct hashtext(address) as hash from unnest(array[?]::text[]) as address order by hash) as locks`,
    [addresses],
  );
  const counted = await em.execute<{ ticket_id: string | null; recipient: string | null; count: string }[]>(
    `select ticket_id, null as recipient, count(*) from outbound_message
      where template = 'ticket-received' and state <> 'suppressed' and ticket_id in (?) group by ticket_id
     union all
     select null, recipient, count(*) from outbound_message
      where template = 'ticket-received' and state <> 'suppressed' and recipient in (?) and created_at > ? group by recipient`,
    [tickets, addresses, new Date(now.getTime() - 3_600_000)],
  );
  return {
    forTicket: new Map(counted.flatMap((row) => (row.ticket_id ? [[Number(row.ticket_id), Number(row.count)]] : []))),
    toAddress: new Map(counted.flatMap((row) => (row.recipient ? [[row.recipient, Number(row.count)]] : []))),
  };
}

export function noteAcknowledgement({ forTicket, toAddress }: Acknowledgements, ticket: number, address: string): void {
  forTicket.set(ticket, (forTicket.get(ticket) ?? 0) + 1);
  toAddress.set(address, (toAddress.get(address) ?? 0) + 1);
}
