import type { Transaction } from '../../db/transaction.ts';

/** Names this kind of advisory lock. */
const LOCK = 7_302;
const MINUTE = 60_000;

/** A row that is about to be claimed. */
interface Due {
  id: string;
  recipient: string;
}

/**
 * Which rows may be claimed now, when no more than so many mails a minute may go to one domain; 0: any number. The others are put off, each to a
 * minute that has room for it; mail to other domains is not delayed. Claims take turns, or two at once would not see each other.
 */
export async function keepPace<R extends Due>(tx: Transaction, due: readonly R[], perMinute: number): Promise<R[]> {
  if (perMinute === 0 || due.length === 0) return [...due];
  await tx.em.execute(`select pg_advisory_xact_lock(${LOCK})`);
  const used = await claimedOfLate(tx);
  const now: R[] = [];
  const later: { id: number; domain: string; minutes: number }[] = [];
  for (const row of due) {
    const domain = domainOf(row.recipient);
    const before = used.get(domain) ?? 0;
    used.set(domain, before + 1);
    if (before < perMinute) now.push(row);
    else later.push({ id: Number(row.id), domain, minutes: Math.floor(before / perMinute) });
  }
  for (const [minutes, rows] of Map.groupBy(later, ({ minutes }) => minutes))
    await putOff(tx, rows, minutes, perMinute);
  return now;
}

async function claimedOfLate({ em, now }: Transaction): Promise<Map<string, number>> {
  const rows = await em.execute<{ domain: string; count: string }[]>(
    `select split_part(recipient, '@', 2) as domain, count(*) from outbound_message where claimed_at > ? group by 1`,
    [new Date(now.getTime() - MINUTE)],
  );
  return new Map(rows.map(({ domain, count }) => [domain, Number(count)]));
}

async function putOff(
  { em, now, enqueue }: Transaction,
  rows: readonly { id: number }[],
  minutes: number,
  perMinute: number,
): Promise<void> {
  const ids = rows.map(({ id }) => id);
  const at = new Date(now.getTime() + minutes * MINUTE);
  await em.execute(
    `update outbound_message set send_after = ?, reason = 'Waits: no more than ' || ? || ' mails a minute to ' || split_part(recipient, '@', 2) where id in (?)`,
    [at, String(perMinute), ids],
  );
  enqueue('send-messages', { ids }, at);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
