import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/** What holds at every moment, the one of a kill included; each query lists the rows that break its promise. */
const ALWAYS: Record<string, string> = {
  'P1 what came to an end has a reason': `select id from inbound_message where state not in ('discovered', 'fetched') and (reason is null or finished_at is null)`,
  'P1 an outcome is what was decided': `select id, state, decision from inbound_message where state not in ('discovered', 'fetched', 'vanished')
        and (decision in ('open-ticket', 'add-comment')) <> (state = 'applied')`,
  'P1 every applied message is in the ticket it names': `select i.id from inbound_message i left join comment c
          on c.id = i.comment_id and c.ticket_id = i.ticket_id and c.inbound_message_id = i.id
        where i.state = 'applied' and c.id is null and i.raw_deleted_at is null`,
  'P2 a logical message is applied once': `select mail_message_id from inbound_message where state = 'applied' and mail_message_id is not null group by 1 having count(*) > 1`,
  'P2 a delivery made one comment': `select inbound_message_id from comment where inbound_message_id is not null group by 1 having count(*) > 1`,
  'P2 only an applied message is in a ticket': `select c.id from comment c left join inbound_message i on i.id = c.inbound_message_id
        where c.channel = 'mail' and i.state is distinct from 'applied'`,
  'P2 a ticket by mail was opened by one message': `select t.id from ticket t left join inbound_message i on i.ticket_id = t.id and i.decision = 'open-ticket'
        where t.channel = 'mail' group by t.id having count(i.id) <> 1`,
  'P2 a key has one delivery': `select source_key from inbound_key where inbound_message_id is null
        union all select min(source_key) from inbound_key group by inbound_message_id having count(*) > 1
        union all select i.id::text from inbound_message i left join inbound_key k on k.inbound_message_id = i.id where k.source_key is null`,
  'P4 the stored bytes are those that were hashed': `select id from outbound_message where mime is not null and not sealed and encode(sha256(mime), 'hex') is distinct from mime_sha256`,
  'P4 what is sent, failed or suppressed is let go': `select id from outbound_message where state in ('sent', 'failed', 'suppressed')
        and (lease_token is not null or finished_at is null)`,
  'P4 what may still be sent has not finished': `select id, state, reason from outbound_message where state in ('pending', 'sending', 'ambiguous') and finished_at is not null`,
  'P10 a ticket is acknowledged once': `select ticket_id from outbound_message where template = 'ticket-received' and state <> 'suppressed' group by 1 having count(*) > 1`,
  'the counters are right': `select t.id from ticket t where comment_count <> (select count(*) from comment c where c.ticket_id = t.id)
        or attachment_count <> (select count(*) from attachment a where a.ticket_id = t.id)`,
  'M57 a key has its answer': `select route, key from idempotency_key where response is null`,
  'a task has a line for each part that is done': `select id from task where (jsonb_array_length(result) <> progress and kind in ('change-tickets', 'import-employees')) or progress > total
        or (state = 'done' and progress < total)`,
  'a ticket has one opening': `select t.id from ticket t left join ticket_event e on e.ticket_id = t.id and e.type = 'opened' group by 1 having count(e.id) <> 1`,
};

/** What holds too when nothing is left to do. */
const AT_REST: Record<string, string> = {
  'every task has ended': `select id, state from task where state in ('queued', 'running')`,
  'P1 every message has ended': `select id, state, last_error from inbound_message where state in ('discovered', 'fetched')`,
  'P4 every event has been told': `select id from ticket_event where notice = 'pending'`,
  'P4 an opening is answered or the reason is kept': `select e.id from ticket_event e left join outbound_message o on o.event_id = e.id
        where e.type = 'opened' and e.notice = 'done' and o.id is null`,
  'P4 no outbound row is left over': `select id, state, reason from outbound_message where state in ('pending', 'sending', 'ambiguous')`,
};

/** What lies outside the database, and which moment it is. */
export interface Surroundings {
  /** Raw mails that the world received. */
  sent?: readonly string[];
  /** The folder that is polled. */
  maildir?: string;
  /** Keys of what another source was told to be done. */
  told?: () => Promise<string[]>;
  /** Nothing may be left to do; true unless given. */
  atRest?: boolean;
}

/** Breaches of the promises P1–P5 and P10 as readable lines; none when all is well. `dataDir` holds the blobs. */
export async function findBreaches(
  client: pg.Client,
  dataDir: string,
  { sent, maildir, told, atRest = true }: Surroundings = {},
): Promise<string[]> {
  const toldBefore = await told?.(); // before the moment that is looked at: what was told by then must be done in it
  // All queries see the same moment: the desk may be at work.
  await client.query('begin isolation level repeatable read read only');
  try {
    const breaches: string[] = [];
    for (const [promise, sql] of Object.entries(atRest ? { ...ALWAYS, ...AT_REST } : ALWAYS)) {
      const { rows } = await client.query(sql);
      if (rows.length > 0) breaches.push(`${promise}: ${JSON.stringify(rows)}`);
    }
    breaches.push(...(await findDamage(client, dataDir)));
    if (sent) breaches.push(...(await compareSent(client, sent)));
    const acknowledged = toldBefore ?? (maildir ? await toldIn(maildir) : []);
    breaches.push(...(await findEarlyAcknowledgements(client, acknowledged)));
    return breaches;
  } finally {
    await client.query('rollback');
  }
}

async function findDamage(client: pg.Client, dataDir: string): Promise<string[]> {
  const { rows } = await client.query<{ sha256: string }>(
    `select raw_sha256 as sha256 from inbound_message where raw_sha256 is not null union select sha256 from attachment`,
  );
  const found = await Promise.all(
    rows.map(async ({ sha256 }) => {
      const bytes = await readFile(join(dataDir, 'blobs', sha256.slice(0, 2), sha256)).catch(() => null);
      const hash = bytes && createHash('sha256').update(bytes).digest('hex');
      return hash === sha256 ? [] : [`P1 the bytes of ${sha256} are ${hash ? 'damaged' : 'missing'}`];
    }),
  );
  return found.flat();
}

interface OutboundRow {
  message_id: string;
  state: string;
  template: string;
  attempts: number;
  mime: Buffer | null;
  mime_sha256: string | null;
  sealed: boolean;
}

/** Every mail out there is a committed row's, byte for byte, and came no more often than it was tried. */
async function compareSent(client: pg.Client, sent: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<OutboundRow>(
    'select message_id, state, template, attempts, mime, mime_sha256, sealed from outbound_message',
  );
  const copies = Map.groupBy(sent, messageIdOf);
  const known = new Set(rows.map(({ message_id }) => message_id));
  const strangers = [...copies.keys()].filter((id) => !known.has(id));
  return [
    ...strangers.map((id) => `P5 a mail went out that no committed row knows: ${id}`),
    ...rows.flatMap((row) => judge(row, copies.get(row.message_id) ?? [])),
  ];
}

function judge(row: OutboundRow, copies: readonly string[]): string[] {
  const { message_id, state, template, attempts } = row;
  const most = template === 'ticket-received' ? Math.min(1, attempts) : attempts;
  return [
    ...(state === 'sent' && copies.length === 0 ? [`P4 nobody received ${message_id}, and its row says sent`] : []),
    ...(copies.length > most ? [`P4 ${message_id} went out ${copies.length} times in ${attempts} tries`] : []),
    ...(copies.some((copy) => !isOf(row, copy)) ? [`P4 ${message_id} went out with other bytes`] : []),
  ];
}

/** Whether a mail is what was stored. Of sealed bytes only their hash can be read; a server may end a mail as it likes. */
function isOf({ mime, mime_sha256, sealed }: OutboundRow, copy: string): boolean {
  const words = copy.trimEnd();
  if (!sealed) return words === mime?.toString('utf8').trimEnd();
  const hashes = ['', '\r\n', '\r\n\r\n'].map((end) =>
    createHash('sha256')
      .update(words + end)
      .digest('hex'),
  );
  return hashes.includes(mime_sha256 ?? '');
}

/** The Message-ID of a raw mail, with its brackets. */
export function messageIdOf(raw: string): string {
  return /^message-id:\s*(\S+)/im.exec(raw)?.[1] ?? '(none)';
}

async function toldIn(maildir: string): Promise<string[]> {
  const names = await readdir(join(maildir, 'cur'));
  return names.filter((name) => name.endsWith(':2,S')).map((name) => name.split(':')[0] ?? name);
}

/** P3: what the source was told to be done is committed as done. */
async function findEarlyAcknowledgements(client: pg.Client, told: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ source_key: string }>(
    `select k.source_key from inbound_key k join inbound_message i on i.id = k.inbound_message_id where i.state not in ('discovered', 'fetched')`,
  );
  const done = new Set(rows.map(({ source_key }) => source_key));
  return told.filter((key) => !done.has(key)).map((key) => `P3 the source was told of ${key} before the commit`);
}
