import type { Transaction } from '../../db/transaction.ts';
import type { Employee } from '../../people/employee.ts';
import { unsubscribeToken } from '../../people/unsubscribe-token.ts';
import { visibleTickets } from '../../tickets/access.ts';
import { ticketNumber } from '../../tickets/ticket.ts';
import { nameOf, type DraftDeps, type Sheet } from './draft.ts';
import { bareSubject, type DeskView, type DigestTicket, type DigestView } from './mail-view.ts';
import { oneLine } from './one-line.ts';
import type { OutboundMessage } from './outbound-message.ts';

/** The day of a coordinator, as it is when the mail is composed. */
export interface DigestDraft extends Sheet<'digest'> {
  about: 'digest';
  view: DigestView;
  /** Where one click ends it (RFC 8058). */
  unsubscribe: string;
}

const OPEN = `t.status in ('new', 'open', 'in_progress', 'pending', 'on_hold')`;
/** Opened by mail since yesterday by a stranger who could not be verified: of those no other mail tells. */
const UNVERIFIED = `${OPEN} and t.channel = 'mail' and t.created_at > ?::timestamptz - interval '1 day'
    and exists (select from employee r where r.id = t.requester_id and r.status = 'contact')
    and exists (select from ticket_event o where o.ticket_id = t.id and o.type = 'opened' and o.data ->> 'trust' in ('T0', 'T1'))`;
const UNATTENDED = `${OPEN} and t.assignee_id is null`;
const SHOWN = 10;

/** Drafts of those rows that are digests, two queries each: there are few, once a day. */
export async function readDigests(
  tx: Transaction,
  rows: readonly OutboundMessage[],
  desk: DeskView,
  deps: DraftDeps,
): Promise<DigestDraft[]> {
  const drafts = [];
  for (const row of rows) {
    const { person, mailbox, messageId } = row;
    if (row.template !== 'digest' || !person || !messageId) continue;
    const unsubscribe = `${deps.publicUrl}/api/unsubscribe/${unsubscribeToken(deps.links, person.id, 'mail_digest')}`;
    drafts.push({
      about: 'digest' as const,
      ...{ id: row.id, template: 'digest' as const, locale: row.locale, messageId, date: row.createdAt, unsubscribe },
      from: { name: desk.name, address: mailbox.address },
      to: { name: nameOf(person), address: row.recipient },
      mailbox,
      view: {
        ...{ desk, recipient: { name: oneLine(person.firstName).slice(0, 60) } },
        counts: await countAll(tx, person),
        unattended: await listTickets(tx, person, deps.publicUrl, UNATTENDED, []),
        unverified: await listTickets(tx, person, deps.publicUrl, UNVERIFIED, [tx.now]),
        ...{ queue: `${deps.publicUrl}/queue`, unsubscribe },
      },
    });
  }
  return drafts;
}

async function countAll({ em, now }: Transaction, reader: Employee): Promise<DigestView['counts']> {
  const { sql, params } = visibleTickets(reader);
  const [row] = await em.execute<Record<keyof DigestView['counts'], string>[]>(
    `select count(*) filter (where ${OPEN}) as open, count(*) filter (where ${UNATTENDED}) as unattended,
        count(*) filter (where ${OPEN} and t.assignee_id = ?) as mine,
        count(*) filter (where t.status in ('pending', 'on_hold')) as waiting,
        count(*) filter (where ${UNVERIFIED}) as unverified,
        count(*) filter (where ${OPEN} and exists (select from comment c where c.ticket_id = t.id and c.visibility = 'pending')) as held,
        count(*) filter (where t.created_at > ?::timestamptz - interval '1 day') as came,
        count(*) filter (where t.resolved_at > ?::timestamptz - interval '1 day') as solved
      from ticket t where ${sql} and (${OPEN} or t.created_at > ?::timestamptz - interval '1 day' or t.resolved_at > ?::timestamptz - interval '1 day')`,
    [reader.id, now, now, now, ...params, now, now],
  );
  const count = (name: keyof DigestView['counts']) => Number(row?.[name] ?? 0);
  return {
    ...{ open: count('open'), unattended: count('unattended'), mine: count('mine'), waiting: count('waiting') },
    ...{ unverified: count('unverified'), held: count('held'), came: count('came'), solved: count('solved') },
  };
}

/** The oldest ones. */
async function listTickets(
  { em }: Transaction,
  reader: Employee,
  publicUrl: string,
  condition: string,
  given: unknown[],
): Promise<DigestTicket[]> {
  const { sql, params } = visibleTickets(reader);
  const rows = await em.execute<{ number: string; subject: string }[]>(
    `select t.number, t.subject from ticket t where ${condition} and ${sql} order by t.created_at, t.id limit ${SHOWN}`,
    [...given, ...params],
  );
  return rows.map((row) => {
    const number = ticketNumber(Number(row.number));
    return { number, subject: bareSubject(oneLine(row.subject)), link: `${publicUrl}/t/${number}` };
  });
}
