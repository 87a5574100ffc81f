import type { Transaction } from '../../db/transaction.ts';

/** What the loop breaker counts. It adds what it lets through. */
export interface Traffic {
  /** Stops that are in force for one of the addresses or tickets. */
  stops: { id: number; kind: 'loop' | 'bounce'; address: string | null; ticketId: number | null; reason: string }[];
  /** Of the last ten minutes: mails that a mail called forth, and mails from the same address. */
  exchanged: { address: string; ticketId: number | null; to: number; from: number }[];
  /** Of the last ten minutes: what came by mail, by ticket. */
  ticketMessages: Map<number, number>;
  /** Of the last hour: automatic mails. */
  hour: { address: Map<string, number>; domain: Map<string, number>; all: number };
}

const MINUTES = 60_000;

/** Who resumes a stop has looked at what was before it: it counts no more. */
const sinceResumed = (address: string, ticket: string) =>
  `coalesce((select max(resumed_at) from mail_stop s where s.address = ${address} or s.ticket_id = ${ticket}), '-infinity')`;

/** Counts rows around some addresses and tickets, in a fixed number of queries. */
export async function countTraffic(
  tx: Transaction,
  about: readonly { address: string; ticketId: number | null }[],
): Promise<Traffic> {
  const addresses = [...new Set(about.map(({ address }) => address))];
  const tickets = [...new Set(about.flatMap(({ ticketId }) => ticketId ?? []))];
  if (addresses.length === 0)
    return {
      stops: [],
      exchanged: [],
      ticketMessages: new Map(),
      hour: { address: new Map(), domain: new Map(), all: 0 },
    };
  return {
    stops: await readStops(tx, addresses, tickets),
    exchanged: await readExchanges(tx, addresses),
    ticketMessages: await countMessages(tx, tickets),
    hour: await countHour(tx, addresses),
  };
}

async function readStops({ em, now }: Transaction, addresses: string[], tickets: number[]): Promise<Traffic['stops']> {
  const rows = await em.execute<
    { id: string; kind: 'loop' | 'bounce'; address: string | null; ticket_id: string | null; reason: string }[]
  >(
    `select id, kind, address, ticket_id, reason from mail_stop where resumed_at is null and (until is null or until > ?)
        and (address in (?) or ticket_id = any(?::bigint[])) order by id`,
    [now, addresses, `{${tickets.join(',')}}`],
  );
  return rows.map(({ id, ticket_id, ...row }) => ({
    ...row,
    id: Number(id),
    ticketId: ticket_id === null ? null : Number(ticket_id),
  }));
}

async function readExchanges({ em, now }: Transaction, addresses: string[]): Promise<Traffic['exchanged']> {
  const since = new Date(now.getTime() - 10 * MINUTES);
  const rows = await em.execute<{ address: string; ticket_id: string | null; sent: string; came: string }[]>(
    `select recipient as address, ticket_id, count(*) as sent, 0 as came from outbound_message
      where recipient in (?) and created_at > ? and by_mail and state <> 'suppressed'
        and created_at > ${sinceResumed('recipient', 'ticket_id')} group by recipient, ticket_id
     union all
     select lower(from_address), ticket_id, 0, count(*) from inbound_message
      where lower(from_address) in (?) and discovered_at > ? and state = 'applied'
        and discovered_at > ${sinceResumed('lower(from_address)', 'ticket_id')} group by lower(from_address), ticket_id`,
    [addresses, since, addresses, since],
  );
  return rows.map(({ address, ticket_id, sent, came }) => ({
    ...{ address, ticketId: ticket_id === null ? null : Number(ticket_id) },
    ...{ to: Number(sent), from: Number(came) },
  }));
}

async function countMessages({ em, now }: Transaction, tickets: number[]): Promise<Map<number, number>> {
  const rows = await em.execute<{ ticket_id: string; count: string }[]>(
    `select ticket_id, count(*) from comment where ticket_id = any(?::bigint[]) and channel = 'mail' and created_at > ?
        and created_at > ${sinceResumed('null', 'ticket_id')} group by ticket_id`,
    [`{${tickets.join(',')}}`, new Date(now.getTime() - 10 * MINUTES)],
  );
  return new Map(rows.map((row) => [Number(row.ticket_id), Number(row.count)]));
}

/** By domain and in all from one look at the hour, as most of it is one domain anyway. */
async function countHour({ em, now }: Transaction, addresses: string[]): Promise<Traffic['hour']> {
  const since = new Date(now.getTime() - 60 * MINUTES);
  const rows = await em.execute<{ address: string | null; domain: string | null; count: string }[]>(
    `select recipient as address, null as domain, count(*) from outbound_message
      where recipient in (?) and created_at > ? and state <> 'suppressed' and (by_mail or not personal) group by recipient
     union all
     select null, split_part(recipient, '@', 2), count(*) from outbound_message
      where created_at > ? and state <> 'suppressed' and (by_mail or not personal) group by split_part(recipient, '@', 2)`,
    [addresses, since, since],
  );
  const domains = rows.flatMap(({ domain, count }) => (domain === null ? [] : [[domain, Number(count)] as const]));
  return {
    address: new Map(rows.flatMap(({ address, count }) => (address === null ? [] : [[address, Number(count)]]))),
    domain: new Map(domains),
    all: domains.reduce((total, [, count]) => total + count, 0),
  };
}
