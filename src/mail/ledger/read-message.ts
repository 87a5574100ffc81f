import type { EntityManager } from '@mikro-orm/postgresql';
import { displayName, type Employee } from '../../people/employee.ts';
import { POLLED, type Mailbox } from '../mailbox.ts';
import type { SenderAuthentication } from '../inbound/inbound-mail.ts';
import { LINE, lineOf, type LedgerLine, type LedgerRow } from './list-ledger.ts';
import { listDeliveries } from './list-deliveries.ts';
import { messageNotFound } from './locked-message.ts';
import { endedByHand, type MessageFacts, type PastStep } from './message-facts.ts';

type Actor = Pick<Employee, 'id' | 'email' | 'role'> & { name: string };

export interface LedgerStep extends Omit<PastStep, 'what' | 'by'> {
  what: PastStep['what'] | 'received' | 'discovered';
  actor: Actor | null;
}

/** A message of the ledger with all that is known of how it came to its end. */
export interface LedgerMessage extends LedgerLine {
  envelope: { from: string | null; to: string | null };
  source: { sha256: string; size: number; header_only: boolean } | null;
  /** When its bytes were deleted for their age, or for the person who wrote them; null: never. */
  source_deleted_at: string | null;
  /** Nobody is notified of what it does. */
  quiet: boolean;
  attempts: number;
  last_error: string | null;
  /** When it is tried (again); null: it has come to an end. */
  next_at: string | null;
  /** How its sender was found and checked; null: it was never read. */
  check: { found_in: string; reply_mark: string; authentication: SenderAuthentication } | null;
  classification: string[];
  steps: LedgerStep[];
  may: ('retry' | 'open-ticket' | 'discard')[];
}

type Row = LedgerRow & {
  envelope_from: string | null;
  envelope_to: string | null;
  raw_sha256: string | null;
  raw_deleted_at: string | Date | null;
  raw_size: string | null;
  header_only: boolean;
  quiet: boolean;
  attempts: number;
  last_error: string | null;
  next_at: string | Date;
  facts: MessageFacts | null;
  source: Mailbox['source'];
};

const MORE = `i.envelope_from, i.envelope_to, case when i.raw_deleted_at is null then i.raw_sha256 end as raw_sha256, i.raw_deleted_at, i.raw_size, i.header_only, i.quiet, i.attempts, i.last_error, i.next_at, i.facts, b.source`;

/** One message of the ledger. 404 when there is none. */
export async function readMessage(em: EntityManager, id: number): Promise<LedgerMessage> {
  const [row] = await em.execute<Row[]>(`select ${LINE.columns}, ${MORE} from ${LINE.from} where i.id = ?`, [id]);
  if (!row) throw messageNotFound();
  const line = lineOf(row, await listDeliveries(em, [row]));
  const { raw_sha256: sha256, header_only, quiet, attempts, last_error } = row;
  const { authentication, fromSource = 'none', token = 'none', class: reasons = [] } = row.facts ?? {};
  return {
    ...line,
    envelope: { from: row.envelope_from, to: row.envelope_to },
    source: sha256 === null ? null : { sha256, size: Number(row.raw_size), header_only },
    source_deleted_at: row.raw_deleted_at && new Date(row.raw_deleted_at).toISOString(),
    ...{ quiet, attempts, last_error },
    next_at: line.finished_at === null ? new Date(row.next_at).toISOString() : null,
    check: authentication ? { found_in: fromSource, reply_mark: token, authentication } : null,
    classification: [...reasons],
    steps: await stepsOf(em, line, row.facts?.steps ?? []),
    may: mayOf(line, row),
  };
}

/** From the server that took it to what it is now. */
async function stepsOf(em: EntityManager, line: LedgerLine, past: readonly PastStep[]): Promise<LedgerStep[]> {
  const people = await findActors(em, past);
  const nobody = { state: null, reason: null, actor: null };
  const { received_at, discovered_at, finished_at, state, reason } = line;
  const byHand = finished_at !== null && endedByHand(past, finished_at);
  const done = past.map(({ by, ...step }) => ({ ...step, actor: by === null ? null : (people.get(by) ?? null) }));
  return [
    ...(received_at ? [{ at: received_at, what: 'received' as const, ...nobody }] : []),
    { at: discovered_at, what: 'discovered', ...nobody },
    ...done,
    ...(finished_at && !byHand ? [{ at: finished_at, what: 'judged' as const, state, reason, actor: null }] : []),
  ];
}

async function findActors(em: EntityManager, past: readonly PastStep[]): Promise<Map<number, Actor>> {
  const ids = [...new Set(past.flatMap(({ by }) => by ?? []))];
  const rows = await em.execute<(Pick<Employee, 'email' | 'role' | 'firstName' | 'lastName'> & { id: string })[]>(
    `select id, email, role, first_name as "firstName", last_name as "lastName" from employee where id = any(?::bigint[])`,
    [`{${ids.join(',')}}`],
  );
  return new Map(rows.map((row) => [Number(row.id), actorOf(row)]));
}

function actorOf(row: Pick<Employee, 'email' | 'role' | 'firstName' | 'lastName'> & { id: string }): Actor {
  return { id: Number(row.id), name: displayName(row), email: row.email, role: row.role };
}

/** What a person may do with it now, by the rules of the verbs. */
function mayOf({ state, ticket }: LedgerLine, { raw_sha256, header_only, attempts, source }: Row) {
  const kept = raw_sha256 !== null;
  const judgeable = (kept && !header_only) || (POLLED as readonly string[]).includes(source);
  const failing = (state === 'discovered' || state === 'fetched') && attempts > 0;
  const may: LedgerMessage['may'] = [];
  if (!ticket && judgeable && (state === 'quarantined' || failing)) may.push('retry');
  if (!ticket && kept) may.push('open-ticket');
  if (kept && state === 'quarantined') may.push('discard');
  return may;
}
