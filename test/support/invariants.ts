import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/** What must hold whatever died in between; each query lists the rows that break its promise. */
const INVARIANTS: Record<string, string> = {
  'P1 every message ended in an outcome with a reason': `select id, state, last_error from inbound_message where state in ('discovered', 'fetched') or reason is null or finished_at is null`,
  'P1 every applied message is in the ticket it names': `select i.id from inbound_message i left join comment c on c.id = i.comment_id and c.ticket_id = i.ticket_id where i.state = 'applied' and c.id is null`,
  'P2 a logical message is applied once': `select mail_message_id from inbound_message where state = 'applied' group by 1 having count(*) > 1`,
  'P2 a delivery made one comment': `select inbound_message_id from comment where inbound_message_id is not null group by 1 having count(*) > 1`,
  'P2 a key has one delivery': `select k.source_key from inbound_key k where k.inbound_message_id is null`,
  'P4 no outbound row is left over': `select id, state, reason from outbound_message where state in ('pending', 'sending', 'ambiguous')`,
  'P4 the stored bytes are those that were hashed': `select id from outbound_message where mime is not null and encode(sha256(mime), 'hex') is distinct from mime_sha256`,
  'P5 every event has been noticed': `select id from ticket_event where notice = 'pending'`,
  'the counters are right': `select t.id from ticket t where comment_count <> (select count(*) from comment c where c.ticket_id = t.id)
        or attachment_count <> (select count(*) from attachment a where a.ticket_id = t.id)`,
  'a ticket has one opening': `select ticket_id from ticket_event where type = 'opened' group by 1 having count(*) <> 1`,
};

/** Breaches of the invariants as readable lines; none when all is well. `dataDir` holds the blobs. */
export async function findBreaches(client: pg.Client, dataDir: string): Promise<string[]> {
  const breaches: string[] = [];
  for (const [promise, sql] of Object.entries(INVARIANTS)) {
    const { rows } = await client.query(sql);
    if (rows.length > 0) breaches.push(`${promise}: ${JSON.stringify(rows)}`);
  }
  const { rows } = await client.query<{ sha256: string }>(
    `select raw_sha256 as sha256 from inbound_message where raw_sha256 is not null union select sha256 from attachment`,
  );
  for (const { sha256 } of rows) {
    const bytes = await readFile(join(dataDir, 'blobs', sha256.slice(0, 2), sha256)).catch(() => null);
    const found = bytes && createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) breaches.push(`P1 the bytes of ${sha256} are ${found ? 'damaged' : 'missing'}`);
  }
  return breaches;
}
