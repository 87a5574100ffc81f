import type { Transaction } from '../db/transaction.ts';
import type { Settings } from '../settings/schema.ts';
import { FINAL_STATUSES } from '../tickets/lifecycle.ts';
import { deleteContacts } from './delete-contacts.ts';
import { deleteRaw, deleteSent, endQuarantine } from './delete-mail.ts';
import { deleteTickets } from './delete-tickets.ts';
import { deleteAccountMails, deleteLinks, deleteSessions } from './delete-remains.ts';

/** A setting that says after how many days something goes; 0: never. */
export type RetentionSetting = Extract<keyof Settings, `retention${string}`>;

/** One kind of rows that go when they are old enough. */
export interface Rule {
  /** The setting that names the days, or the days where nobody needs a choice. */
  days: RetentionSetting | number;
  /** The column of the id, and the moment from which the days count. */
  id: string;
  since: string;
  /** `from … where …` in which `?` is the moment before which a row is old enough, once. */
  due: string;
  /** The alias whose rows are locked. */
  lock: string;
  /** So many in one transaction. */
  batch: number;
  remove(tx: Transaction, ids: readonly number[], days: number): Promise<void>;
}

const OVER = `(${FINAL_STATUSES.map((status) => `'${status}'`).join(', ')})`;
/** No ticket, or one to which nothing more happens and nothing has happened since. */
const ENDED = `(t.id is null or t.status in ${OVER} and t.updated_at <= c.cutoff)`;
const CUTOFF = '(select ?::timestamptz as cutoff) c';

/**
 * Everything that is deleted by its age, in the order in which it is done. What a ticket that is not over needs is due under none of them. Rows
 * whose days a setting names are what people wrote; the others only served to sign in.
 */
export const RULES = {
  /** Mail that waited for a person for so long that nobody will look at it: it ends as suppressed. */
  quarantine: {
    days: 'retention_quarantine_days',
    ...{ id: 'i.id', since: 'i.finished_at', lock: 'i', batch: 200, remove: endQuarantine },
    due: `from inbound_message i, ${CUTOFF} where i.state = 'quarantined' and i.raw_sha256 is not null and i.raw_deleted_at is null
      and i.finished_at <= c.cutoff`,
  },
  /** The bytes of mail that came. What it said stays in its ticket, and what became of it in the ledger. */
  raw_mail: {
    days: 'retention_days',
    ...{ id: 'i.id', since: 'i.finished_at', lock: 'i', batch: 500, remove: deleteRaw },
    due: `from ${CUTOFF} cross join inbound_message i left join mail_message m on m.id = i.mail_message_id
      left join ticket t on t.id = coalesce(i.ticket_id, m.ticket_id)
      where i.state in ('applied', 'suppressed') and i.raw_sha256 is not null and i.raw_deleted_at is null and i.finished_at <= c.cutoff and ${ENDED}`,
  },
  /** The bytes of mail that was sent. */
  sent_mail: {
    days: 'retention_days',
    ...{ id: 'o.id', since: 'o.finished_at', lock: 'o', batch: 500, remove: deleteSent },
    due: `from ${CUTOFF} cross join outbound_message o left join ticket t on t.id = o.ticket_id
      where o.state in ('sent', 'failed', 'suppressed') and o.mime is not null and o.finished_at <= c.cutoff and ${ENDED}`,
  },
  /** Tickets that are over, with everything in them. One that an open ticket goes on from stays until that is over too. */
  tickets: {
    days: 'retention_tickets_days',
    ...{ id: 't.id', since: 't.updated_at', lock: 't', batch: 50, remove: deleteTickets },
    due: `from ticket t where t.status in ${OVER} and t.updated_at <= ?
      and not exists (select from ticket f where f.follows_id = t.id and f.status not in ${OVER})
      and not exists (select from outbound_message o where o.ticket_id = t.id and o.state in ('pending', 'sending', 'ambiguous'))
      and not exists (select from ticket_event v where v.ticket_id = t.id and v.notice = 'pending')`,
  },
  /** People known from mail only, of whom there is no ticket and no word left. */
  contacts: {
    days: 'retention_tickets_days',
    ...{ id: 'e.id', since: 'e.updated_at', lock: 'e', batch: 200, remove: deleteContacts },
    due: `from employee e where e.status = 'contact' and e.erased_at is null and e.updated_at <= ?
      and not exists (select from ticket where requester_id = e.id) and not exists (select from ticket where assignee_id = e.id)
      and not exists (select from participant where employee_id = e.id) and not exists (select from comment where author_id = e.id)
      and not exists (select from attachment where uploader_id = e.id) and not exists (select from ticket_event where actor_id = e.id)`,
  },
  /** Sessions that have ended, but for everybody's last one: it says when they were seen. */
  sessions: {
    days: 30,
    ...{ id: 's.id', since: 's.rotated_at', lock: 's', batch: 500, remove: deleteSessions },
    due: `from session s where least(s.revoked_at, s.expires_at, s.rotated_at + interval '12 hours') <= ?
      and exists (select from session n where n.employee_id = s.employee_id and n.id > s.id)`,
  },
  /** What is known of mails about accounts: that they were sent, where to, and what the server said. */
  account_mails: {
    days: 90,
    ...{ id: 'n.id', since: 'n.created_at', lock: 'n', batch: 200, remove: deleteAccountMails },
    due: `from account_notice n where n.state = 'done' and n.created_at <= ?
      and not exists (select from outbound_message o where o.account_notice_id = n.id and o.state in ('pending', 'sending', 'ambiguous'))`,
  },
  /** Links of mails that open nothing any more. */
  links: {
    days: 30,
    ...{ id: 'l.id', since: 'l.expires_at', lock: 'l', batch: 500, remove: deleteLinks },
    due: `from account_link l where l.expires_at <= ? and not exists (select from account_notice n where n.link_id = l.id)`,
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];
export const ruleOf = (name: RuleName): Rule => RULES[name];

/** Days after which a rule's rows go; 0: never. */
export function daysOf({ days }: Rule, settings: Pick<Settings, RetentionSetting>): number {
  return typeof days === 'number' ? days : settings[days];
}

/** The moment before which what is so many days old was. */
export function cutoffOf(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 24 * 3600_000);
}
