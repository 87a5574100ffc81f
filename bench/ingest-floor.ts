import { createHash } from 'node:crypto';
import { simpleParser } from 'mailparser';
import pg from 'pg';

const BATCH = 50;

/**
 * The least that any desk on this stack must do: parse each mail with mailparser, and insert the rows that keep it (raw message, ticket or
 * comment, event, outbound row, attachment), 50 mails a transaction, multi-row, over two connections. No rule, no look-up, no template.
 */
export async function floor(databaseUrl: string, mails: readonly Buffer[], round: number): Promise<void> {
  const clients = await Promise.all([connect(databaseUrl), connect(databaseUrl)]);
  const batches = Array.from({ length: Math.ceil(mails.length / BATCH) }, (_, i) =>
    mails.slice(i * BATCH, (i + 1) * BATCH),
  );
  await Promise.all(
    clients.map(async (client) => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) await insert(client, batch, round);
    }),
  );
  await Promise.all(clients.map((client) => client.end()));
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}

async function insert(client: pg.Client, batch: readonly Buffer[], round: number): Promise<void> {
  const parsed = await Promise.all(
    batch.map((raw) => simpleParser(raw, { skipTextToHtml: true, skipImageLinks: true })),
  );
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const rows = parsed.map((mail, at) => ({
    key: `floor:${round}:${mail.messageId ?? ''}`,
    sha256: hash(batch[at] ?? Buffer.alloc(0)),
    subject: mail.subject ?? '',
    body: mail.text ?? '',
    html: mail.html || '',
    files: mail.attachments.map(({ content, filename }) => ({ sha256: hash(content), filename: filename ?? '' })),
  }));
  await client.query('begin');
  await client.query(INSERT, [JSON.stringify(rows)]);
  await client.query('commit');
}

/** The same rows as the pipeline's, for one requester; what a batch of 50 costs when nobody thinks about it. */
const INSERT = `
  with given as (select * from jsonb_to_recordset($1::jsonb) as r(key text, sha256 text, subject text, body text, html text, files jsonb)),
  box as (select id from mailbox limit 1), person as (select id from employee limit 1),
  message as (insert into inbound_message (mailbox_id, state, decision, reason, raw_sha256, raw_size, next_at, discovered_at, finished_at, subject)
    select box.id, 'suppressed', 'suppress', key, sha256, 0, now(), now(), now(), subject from given, box returning id, reason),
  keys as (insert into inbound_key (mailbox_id, source_key, inbound_message_id) select box.id, reason, message.id from message, box),
  mail as (insert into mail_message (message_id, content_hash, created_at) select key, sha256, now() from given),
  made as (insert into ticket (subject, requester_id, channel, created_at, updated_at)
    select left(key, 200), person.id, 'mail', now(), now() from given, person returning id, subject as key),
  part as (insert into participant (ticket_id, employee_id, state, created_at) select made.id, person.id, 'confirmed', now() from made, person),
  said as (insert into comment (ticket_id, author_id, visibility, channel, body, html, created_at)
    select made.id, person.id, 'public', 'mail', given.body, given.html, now() from made join given using (key), person returning id, ticket_id),
  file as (insert into attachment (ticket_id, uploader_id, sha256, size, filename, content_type, visibility, created_at)
    select made.id, person.id, f.sha256, 0, f.filename, 'application/pdf', 'public', now()
      from made join given using (key), person, jsonb_to_recordset(given.files) as f(sha256 text, filename text)),
  event as (insert into ticket_event (ticket_id, actor_id, type, channel, notice, created_at)
    select made.id, person.id, 'opened', 'mail', 'done', now() from made, person returning id, ticket_id)
  insert into outbound_message (ticket_id, event_id, recipient_id, mailbox_id, template, locale, recipient, envelope_from, state, reason, send_after, created_at)
    select event.ticket_id, event.id, person.id, box.id, 'ticket-received', 'en', 'floor@desk.example', '', 'suppressed', 'floor', now(), now()
      from event, person, box`;
