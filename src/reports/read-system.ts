import type { EntityManager } from '@mikro-orm/postgresql';
import { QUEUES, type QueueName } from '../jobs/queues.ts';
import { ticketNumber } from '../tickets/ticket.ts';

/** How the desk's own work goes: what waits, since when, and what could not be done. Counts end at `MOST`. */
export interface SystemState {
  queues: { name: QueueName; waiting: number; active: number; failed: number; oldest_at: string | null }[];
  mail_in: { waiting: number; oldest_at: string | null; last_at: string | null };
  mail_out: {
    waiting: number;
    /** Of those, handed to a server, whose answer is not there yet, or that did not say whether it took it. */
    sending: number;
    ambiguous: number;
    failed: number;
    oldest_at: string | null;
    last_at: string | null;
  };
  /** Mails that could not be sent within the last 30 days, newest first, 50 at most. */
  failed_mails: FailedMail[];
}

interface FailedMail {
  id: number;
  recipient: string;
  template: string;
  reason: string;
  failed_at: string;
  ticket: { id: number; ticket_number: string } | null;
}

type Moment = string | Date | null;
const iso = (at: Moment) => (at === null ? null : new Date(at).toISOString());

/** What is counted ends here. */
const MOST = 10_000;
const FAILED_DAYS = 30;
const FAILED_MOST = 50;

/** Jobs wait from the moment on at which they may start; a row is late from the moment on at which it is due. */
export async function readSystem(em: EntityManager, now: Date): Promise<SystemState> {
  return {
    queues: await readQueues(em, now),
    mail_in: await readMailIn(em, now),
    mail_out: await readMailOut(em, now),
    failed_mails: await readFailedMails(em, now),
  };
}

async function readQueues(em: EntityManager, now: Date): Promise<SystemState['queues']> {
  const rows = await em.execute<{ name: string; waiting: number; active: number; failed: number; oldest: Moment }[]>(
    `select name, count(*) filter (where state < 'active' and start_after <= ?)::int as waiting,
        count(*) filter (where state = 'active')::int as active, count(*) filter (where state = 'failed')::int as failed,
        min(start_after) filter (where state < 'active' and start_after <= ?) as oldest
       from (select name, state, start_after from pgboss.job where state <= 'active' or state = 'failed' limit ?) j
      group by name`,
    [now, now, MOST],
  );
  const found = new Map(rows.map((row) => [row.name, row]));
  return (Object.keys(QUEUES) as QueueName[]).map((name) => {
    const { waiting = 0, active = 0, failed = 0, oldest = null } = found.get(name) ?? {};
    return { name, waiting, active, failed, oldest_at: iso(oldest) };
  });
}

async function readMailIn(em: EntityManager, now: Date): Promise<SystemState['mail_in']> {
  const [row] = await em.execute<{ waiting: number; oldest: Moment; last: Moment }[]>(
    `select count(*)::int as waiting, min(next_at) as oldest,
        (select max(last_polled_at) from mailbox where enabled) as last
       from (select next_at from inbound_message where state in ('discovered', 'fetched') and next_at <= ? limit ?) i`,
    [now, MOST],
  );
  return { waiting: row?.waiting ?? 0, oldest_at: iso(row?.oldest ?? null), last_at: iso(row?.last ?? null) };
}

async function readMailOut(em: EntityManager, now: Date): Promise<SystemState['mail_out']> {
  const [row] = await em.execute<
    { waiting: number; sending: number; ambiguous: number; failed: number; oldest: Moment; last: Moment }[]
  >(
    `select count(*)::int as waiting, count(*) filter (where state = 'sending')::int as sending,
        count(*) filter (where state = 'ambiguous')::int as ambiguous,
        min(send_after) filter (where send_after <= ?) as oldest,
        (select count(*)::int from outbound_message where state = 'failed' and created_at > ?::timestamptz - make_interval(days => ?)) as failed,
        (select max(finished_at) from (select finished_at from outbound_message where state = 'sent' order by created_at desc limit 50) s) as last
       from (select state, send_after from outbound_message where state in ('pending', 'sending', 'ambiguous') limit ?) o`,
    [now, now, FAILED_DAYS, MOST],
  );
  const { waiting = 0, sending = 0, ambiguous = 0, failed = 0, oldest = null, last = null } = row ?? {};
  return { waiting, sending, ambiguous, failed, oldest_at: iso(oldest), last_at: iso(last) };
}

async function readFailedMails(em: EntityManager, now: Date): Promise<FailedMail[]> {
  const rows = await em.execute<
    {
      id: string;
      recipient: string;
      template: string;
      reason: string;
      at: string | Date;
      ticket_id: string | null;
      number: string | null;
    }[]
  >(
    `select o.id, o.recipient, o.template, o.reason, coalesce(o.finished_at, o.created_at) as at, t.id as ticket_id, t.number
       from outbound_message o left join ticket t on t.id = o.ticket_id
      where o.state = 'failed' and o.created_at > ?::timestamptz - make_interval(days => ?) order by o.id desc limit ?`,
    [now, FAILED_DAYS, FAILED_MOST],
  );
  return rows.map(({ id, recipient, template, reason, at, ticket_id, number }) => ({
    ...{ id: Number(id), recipient, template, reason, failed_at: new Date(at).toISOString() },
    ticket: ticket_id && number ? { id: Number(ticket_id), ticket_number: ticketNumber(Number(number)) } : null,
  }));
}
