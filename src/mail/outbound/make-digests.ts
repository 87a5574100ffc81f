import type { Transaction } from '../../db/transaction.ts';
import { Employee } from '../../people/employee.ts';
import { hasSwitchedOff } from '../../people/preferences.ts';
import type { Keyring } from '../../secrets.ts';
import { readSettings } from '../../settings/read-settings.ts';
import { normalizeAddress, withoutTag } from '../addresses.ts';
import { Mailbox } from '../mailbox.ts';
import { bounceAddress, outboundMessageId } from '../reply-token.ts';
import { startBreaker } from './loop-breaker.ts';
import { whyNotTo } from './notice.ts';
import { OutboundMessage } from './outbound-message.ts';

/** From this hour on, in the time zone of the settings; a desk that was down then sends it later the same day. */
const HOUR = 8;
const WEEKEND = ['Sat', 'Sun'];

/**
 * Writes the digest of a working day down, once for each coordinator who has not switched it off, and gives how many. Safe to run at any time and by several
 * at once.
 */
export async function makeDigests(tx: Transaction, { keyring }: { keyring: Keyring }): Promise<number> {
  const { em, now } = tx;
  const { day, hour, weekday } = localTime(now, (await readSettings(tx)).time_zone);
  if (hour < HOUR || WEEKEND.includes(weekday)) return 0;
  const readers = (await findReaders(tx, day)).filter(({ preferences }) => !hasSwitchedOff(preferences, 'digest'));
  const mailboxes = await em.find(Mailbox, {}, { orderBy: { id: 'asc' } });
  const [mailbox] = mailboxes;
  if (readers.length === 0 || !mailbox) return 0;

  const ids = await em.execute<{ id: string }[]>(
    `select nextval(pg_get_serial_sequence('outbound_message', 'id')) as id from generate_series(1, ?)`,
    [readers.length],
  );
  const about = readers.map(({ email }) => ({ address: normalizeAddress(email), ticketId: null }));
  const breaker = await startBreaker(tx, about);
  const rows = [];
  for (const [at, reader] of readers.entries()) {
    const id = Number(ids[at]?.id);
    const recipient = normalizeAddress(reader.email);
    const isOwn = mailboxes.some(({ address }) => address === withoutTag(recipient));
    const kept = await breaker.admit({ address: recipient, ticketId: null, personal: false, byMail: false });
    const reason = whyNotTo(recipient, isOwn) ?? kept?.reason ?? null;
    rows.push({
      ...{
        id,
        person: reader.id,
        mailbox: mailbox.id,
        template: 'digest' as const,
        locale: reader.locale,
        recipient,
        digestOn: day,
      },
      envelopeFrom: bounceAddress(keyring, mailbox, id),
      messageId: outboundMessageId(keyring, mailbox, id),
      ...{ state: reason ? ('suppressed' as const) : ('pending' as const), reason, sendAfter: now, createdAt: now },
      finishedAt: reason ? now : null,
    });
  }
  await em.insertMany(OutboundMessage, rows);
  for (const { id, state } of rows) if (state === 'pending') tx.wake('send-messages', id);
  return rows.length;
}

/** Coordinators who have none of this day yet; their rows are locked, so that of two who look at once one finds them. */
async function findReaders({ em }: Transaction, day: string): Promise<Employee[]> {
  const rows = await em.execute<{ id: string }[]>(
    `select e.id from employee e where e.role = 'coordinator' and e.status = 'approved'
        and not exists (select from outbound_message o where o.recipient_id = e.id and o.digest_on = ?)
      order by e.id for no key update of e skip locked`,
    [day],
  );
  return em.find(Employee, { id: { $in: rows.map(({ id }) => Number(id)) } }, { orderBy: { id: 'asc' } });
}

/** What a clock on the wall says there: the day as 2026-11-23. */
function localTime(at: Date, timeZone: string): { day: string; hour: number; weekday: string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
      weekday: 'short',
    },
  });
  const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const [year, month, day] = [part.get('year'), part.get('month'), part.get('day')];
  return {
    day: `${year}-${month}-${day}`,
    hour: Number(part.get('hour')),
    weekday: (part.get('weekday') ?? '').slice(0, 3),
  };
}
