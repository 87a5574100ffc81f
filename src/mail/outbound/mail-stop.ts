import type { Transaction } from '../../db/transaction.ts';

/** Why an address or a ticket gets no more mail; one of both is given. */
export interface NewStop {
  kind: 'loop' | 'bounce';
  address: string | null;
  ticketId: number | null;
  reason: string;
  /** null: until somebody resumes it. */
  until: Date | null;
}

/** Days in which an address that mail came back from gets no notices. */
const BOUNCE_DAYS = 60;

/** What a mail that came back for good does to its address; answers of people are tried all the same. */
export function bounceStop(now: Date, address: string, reason: string): NewStop {
  const until = new Date(now.getTime() + BOUNCE_DAYS * 24 * 3600_000);
  return { kind: 'bounce', address, ticketId: null, reason, until };
}

/** Stops mail to an address or about a ticket, and gives the stop's id. One that is in force is kept, a loop's over a bounce's. */
export async function openStop({ em, now }: Transaction, stop: NewStop): Promise<number> {
  const by = stop.address === null ? 'ticket_id' : 'address';
  const [row] = await em.execute<{ id: string }[]>(
    `insert into mail_stop as s (kind, address, ticket_id, reason, opened_at, until) values (?, ?, ?, ?, ?, ?)
     on conflict (${by}) where resumed_at is null and ${by} is not null do update set
       kind = excluded.kind, reason = excluded.reason, opened_at = excluded.opened_at, until = excluded.until
       where excluded.kind = 'loop' or s.kind = 'bounce' or s.until <= excluded.opened_at returning id`,
    [stop.kind, stop.address, stop.ticketId, stop.reason, now, stop.until],
  );
  return Number(row?.id ?? 0);
}
