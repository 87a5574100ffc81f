import type { Transaction } from '../../db/transaction.ts';
import { countTraffic, type Traffic } from './count-traffic.ts';
import { openStop } from './mail-stop.ts';

/** A mail that is about to be written down. */
export interface Candidate {
  address: string;
  /** null: it is about no ticket. */
  ticketId: number | null;
  /** A person at the desk wrote it. */
  personal: boolean;
  /** A mail that came in called it forth. */
  byMail: boolean;
  /** Its reader asked for it at the portal, such as a link to sign in. */
  asked?: boolean;
}

/** Why a mail is kept back; `stopId`: until a person resumes this stop. */
export interface Kept {
  reason: string;
  stopId: number | null;
}

export interface Breaker {
  /** null: it may go out, and counts from now on. */
  admit(mail: Candidate): Promise<Kept | null>;
}

/**
 * The one loop breaker: every way that makes mails asks it, and it knows them all, as it counts rows. Stops of the address or the ticket first, then what
 * looks like a loop (and makes such a stop), then caps that no honest desk reaches. The number of queries is fixed.
 */
export async function startBreaker(
  tx: Transaction,
  candidates: readonly Pick<Candidate, 'address' | 'ticketId'>[],
): Promise<Breaker> {
  const traffic = await countTraffic(tx, candidates);
  return {
    async admit(mail) {
      const kept = stopOf(traffic, mail) ?? (await breakLoop(tx, traffic, mail)) ?? overCap(traffic, mail);
      if (!kept) count(traffic, mail);
      return kept;
    },
  };
}

/** A loop's stop lets through what a person wrote at the portal; a bounce's keeps notices only. What was asked for comes anyway. */
function stopOf({ stops }: Traffic, { address, ticketId, personal, byMail, asked }: Candidate): Kept | null {
  if (asked) return null;
  const stop = stops.find(
    (one) =>
      (one.address === address || (ticketId !== null && one.ticketId === ticketId)) &&
      !(personal && (one.kind === 'bounce' || !byMail)),
  );
  return stop ? { reason: stop.reason, stopId: stop.id } : null;
}

/** Mails to an address and from it, about one ticket, within ten minutes: more of them is no talk between people. */
const EXCHANGE = { least: 2, most: 5 };
/** The same about any ticket. */
const EXCHANGE_ANYWHERE = { least: 5, most: 10 };
/** Messages that came by mail to one ticket within ten minutes. */
const BURST = 20;

async function breakLoop(tx: Transaction, traffic: Traffic, mail: Candidate): Promise<Kept | null> {
  const { address, ticketId, byMail } = mail;
  if (!byMail) return null;
  if (ticketId !== null && (traffic.ticketMessages.get(ticketId) ?? 0) > BURST)
    return stop(tx, traffic, { address: null, ticketId }, `More than ${BURST} mails to this ticket within 10 minutes`);
  const here = exchange(traffic, address, (one) => one.ticketId === ticketId);
  const anywhere = exchange(traffic, address, () => true);
  if (!isLoop(here, EXCHANGE) && !isLoop(anywhere, EXCHANGE_ANYWHERE)) return null;
  const { to, from } = isLoop(here, EXCHANGE) ? here : anywhere;
  const reason = `It looks like a loop: ${to} mails to ${address} and ${from} from it within 10 minutes`;
  return stop(tx, traffic, { address, ticketId: null }, reason);
}

interface Exchange {
  to: number;
  from: number;
}

function exchange(
  { exchanged }: Traffic,
  address: string,
  about: (one: { ticketId: number | null }) => boolean,
): Exchange {
  const parts = exchanged.filter((one) => one.address === address && about(one));
  return { to: sum(parts, ({ to }) => to), from: sum(parts, ({ from }) => from) };
}

function isLoop({ to, from }: Exchange, { least, most }: typeof EXCHANGE): boolean {
  return to >= least && from >= least && to + from >= most;
}

async function stop(
  tx: Transaction,
  traffic: Traffic,
  about: { address: string | null; ticketId: number | null },
  reason: string,
): Promise<Kept> {
  const id = await openStop(tx, { kind: 'loop', reason, until: null, ...about });
  traffic.stops.push({ id, kind: 'loop', reason, ...about });
  return { reason, stopId: id };
}

/** Automatic mails within an hour. What people write is not counted and not kept back. */
export const CAPS = { address: 100, domain: 2000, all: 5000 } as const;

function overCap({ hour }: Traffic, { address, personal, byMail }: Candidate): Kept | null {
  if (personal && !byMail) return null;
  const over = (count: number | undefined, cap: number, what: string) =>
    (count ?? 0) >= cap ? { reason: `More than ${cap} automatic mails ${what} within an hour`, stopId: null } : null;
  return (
    over(hour.address.get(address), CAPS.address, 'to this address') ??
    over(hour.domain.get(domainOf(address)), CAPS.domain, `to ${domainOf(address)}`) ??
    over(hour.all, CAPS.all, 'in all')
  );
}

function count({ exchanged, hour }: Traffic, { address, ticketId, personal, byMail }: Candidate): void {
  if (byMail) exchanged.push({ address, ticketId, to: 1, from: 0 });
  if (personal && !byMail) return;
  hour.address.set(address, (hour.address.get(address) ?? 0) + 1);
  hour.domain.set(domainOf(address), (hour.domain.get(domainOf(address)) ?? 0) + 1);
  hour.all += 1;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
