import type { EntityManager } from '@mikro-orm/postgresql';

/** What a mail client shows of a mail, as our parser saw it. */
export interface ParsedCaught {
  /** Header From as a mail client shows it: the envelope of automatic mail has none. */
  from: string;
  subject: string;
  /** ISO 8601 */
  date: string | null;
  messageId: string | null;
  replyTo: string[];
  references: string[];
  text: string;
  /** The sender's html as it came: only ever shown in a sandboxed frame. */
  html: string | null;
  attachments: { filename: string; content_type: string; size: number }[];
}

/** A mail that the local catcher took, as on the wire. */
export interface CaughtMessage {
  id: number;
  from: string;
  to: string[];
  raw: Buffer;
  parsed: ParsedCaught | null;
  receivedAt: Date;
}

type Row = {
  id: string;
  envelope_from: string;
  envelope_to: string[];
  raw: Buffer;
  parsed: ParsedCaught | null;
  received_at: string | Date;
};

/** How many mails the Local mail page lists. */
const SHOWN = 200;

export async function storeCaught(em: EntityManager, mail: Omit<CaughtMessage, 'id' | 'receivedAt'>): Promise<void> {
  await em.execute(
    `insert into caught_message (envelope_from, envelope_to, raw, parsed, received_at)
     values (?, array(select jsonb_array_elements_text(?::jsonb)), ?, ?::jsonb, now())`,
    [mail.from, JSON.stringify(mail.to), mail.raw, JSON.stringify(mail.parsed)],
  );
}

/** Newest first. */
export async function listCaught(em: EntityManager): Promise<CaughtMessage[]> {
  return (await em.execute<Row[]>(`select * from caught_message order by id desc limit ${SHOWN}`)).map(caughtOf);
}

export async function findCaught(em: EntityManager, id: number): Promise<CaughtMessage | null> {
  const [row] = await em.execute<Row[]>('select * from caught_message where id = ?', [id]);
  return row ? caughtOf(row) : null;
}

function caughtOf({ id, envelope_from, envelope_to, raw, parsed, received_at }: Row): CaughtMessage {
  return { id: Number(id), from: envelope_from, to: envelope_to, raw, parsed, receivedAt: new Date(received_at) };
}
