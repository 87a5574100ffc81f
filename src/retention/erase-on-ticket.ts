import type { Transaction } from '../db/transaction.ts';
import type { Sql } from '../db/keyset.ts';
import { erasedAddress, type Erasure } from './begin-erasure.ts';
import { blankDeliveries } from './delete-mail.ts';
import { forgetMessages } from './forget-messages.ts';
import { ERASED, scrubbed } from './scrub.ts';

/**
 * Takes a person out of one ticket. Of their own ticket nothing stays that they wrote, nor what others quoted of it; what others wrote stays, without
 * their name. On tickets of others their words go as `words` says.
 */
export async function eraseOnTicket(tx: Transaction, erasure: Erasure, ticketId: number): Promise<void> {
  const [ticket] = await tx.em.execute<{ own: boolean }[]>(
    'select requester_id = ? as own from ticket where id = ? for update',
    [erasure.personId, ticketId],
  );
  if (!ticket) return; // deleted for its age meanwhile
  const about = { ...erasure, ticketId, own: ticket.own };
  await eraseSubject(tx, about);
  await eraseMails(tx, about); // by their comments, before those have nothing left
  await eraseComments(tx, about);
  await eraseVersions(tx, about);
  await eraseFiles(tx, about);
  await eraseHistory(tx, about);
  if (!about.own)
    await tx.em.execute('delete from participant where ticket_id = ? and employee_id = ?', [
      ticketId,
      erasure.personId,
    ]);
}

type About = Erasure & { ticketId: number; own: boolean };

async function eraseSubject({ em }: Transaction, about: About): Promise<void> {
  const subject = subjectIn(about, 'subject');
  const reason = scrubbed('status_reason', about);
  await em.execute(`update ticket set subject = ${subject.sql}, status_reason = ${reason.sql} where id = ?`, [
    ...[...subject.params, ...reason.params, about.ticketId],
  ]);
}

async function eraseComments({ em }: Transaction, about: About): Promise<void> {
  const { personId, ticketId, own, words } = about;
  const body = scrubbed('body', about);
  const html: Sql = own ? { sql: 'null', params: [] } : scrubbed('html', about);
  const quoted: Sql = own ? { sql: `''`, params: [] } : scrubbed('quoted', about);
  await em.execute(
    `update comment set body = case when author_id = ? and ? then '${ERASED}' else ${body.sql} end,
        html = case when author_id = ? then null else ${html.sql} end,
        quoted = case when author_id = ? then '' else ${quoted.sql} end,
        signature = case when author_id = ? then '' else signature end
      where ticket_id = ?`,
    [
      ...[personId, own || words, ...body.params, personId, ...html.params, personId, ...quoted.params],
      ...[personId, ticketId],
    ],
  );
}

/** Their own words before an edit go, those of others stay without their name. */
async function eraseVersions({ em }: Transaction, about: About): Promise<void> {
  const { personId, ticketId } = about;
  const [body, html] = [scrubbed('body', about), scrubbed('html', about)];
  await em.execute(
    'delete from comment_version where comment_id in (select id from comment where ticket_id = ? and author_id = ?)',
    [ticketId, personId],
  );
  await em.execute(
    `update comment_version set body = ${body.sql}, html = ${html.sql} where comment_id in (select id from comment where ticket_id = ?)`,
    [...body.params, ...html.params, ticketId],
  );
  await em.execute(`update draft set body = ${body.sql}, html = ${html.sql} where ticket_id = ?`, [
    ...[...body.params, ...html.params, ticketId],
  ]);
}

/** A subject, as it is or as it was: of their own ticket they wrote it. */
function subjectIn(about: About, column: string): Sql {
  return about.own ? { sql: `'${ERASED}'::text`, params: [] } : scrubbed(column, about);
}

/** Their blobs go when no row refers to them any more (`sweepUnused`). */
async function eraseFiles({ em }: Transaction, { personId, ticketId, own, words }: About): Promise<void> {
  if (!own && !words) return;
  await em.execute('delete from attachment where ticket_id = ? and uploader_id = ?', [ticketId, personId]);
  await em.execute(
    'update ticket set attachment_count = (select count(*) from attachment where ticket_id = ticket.id) where id = ?',
    [ticketId],
  );
}

async function eraseHistory({ em }: Transaction, about: About): Promise<void> {
  const { personId, ticketId } = about;
  await em.execute(`update ticket_event set data = data - 'reason' where ticket_id = ? and actor_id = ?`, [
    ...[ticketId, personId],
  ]);
  const reason = scrubbed(`data->>'reason'`, about);
  await em.execute(
    `update ticket_event set data = jsonb_set(data, '{reason}', to_jsonb(${reason.sql})) where ticket_id = ? and data->>'reason' is not null`,
    [...reason.params, ticketId],
  );
  const [from, to] = [subjectIn(about, `c->>'from'`), subjectIn(about, `c->>'to'`)];
  await em.execute(
    `update ticket_event set data = jsonb_set(data, '{changed}', (select jsonb_agg(case when c->>'field' <> 'subject' then c
          else c || jsonb_build_object('from', ${from.sql}, 'to', ${to.sql}) end order by n)
        from jsonb_array_elements(data->'changed') with ordinality as changed(c, n)))
      where ticket_id = ? and type = 'changed' and data @> '{"changed": [{"field": "subject"}]}'`,
    [...from.params, ...to.params, ticketId],
  );
  await em.execute(
    `update ticket_event set data = jsonb_set(data, '{to}', to_jsonb(?::text)) where ticket_id = ?
      and (type = 'assigned' and data->>'assignee_id' = ? or type in ('participant_added', 'participant_removed') and data->>'participant_id' = ?)`,
    [ERASED, ticketId, String(personId), String(personId)],
  );
}

/** What came and what was sent: of their own ticket all of it, as it holds their words; else what came from them and what went to them. */
async function eraseMails(tx: Transaction, { personId, ticketId, own }: About): Promise<void> {
  const came = await tx.em.execute<{ id: string }[]>(
    `select i.id from inbound_message i left join mail_message m on m.id = i.mail_message_id left join comment c on c.id = coalesce(i.comment_id, m.comment_id)
      where (i.ticket_id = ? or m.ticket_id = ?) and (? or c.author_id = ?) order by i.id`,
    [ticketId, ticketId, own, personId],
  );
  const ids = came.map(({ id }) => id);
  await blankDeliveries(tx, ids, 'erased with the person it was about');
  await forgetMessages(tx, ids);
  await tx.em.execute(
    `update outbound_message set recipient = case when recipient_id = ? then ? else recipient end, mime = null, mime_sha256 = null, smtp_response = null,
        reason = case when finished_at is null then 'The person it was about was erased' when reason is null then null else '${ERASED}' end,
        state = case when finished_at is null then 'suppressed' else state end, finished_at = coalesce(finished_at, ?), lease_token = null, lease_until = null, stop_id = null
      where ticket_id = ? and (? or recipient_id = ?)`,
    [personId, erasedAddress(personId), tx.now, ticketId, own, personId],
  );
}
