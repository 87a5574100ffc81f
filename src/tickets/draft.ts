import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { NewFile } from './new-comment.ts';

/** What somebody has begun to write on a ticket. `version` 0: nothing yet. */
export interface Draft {
  visibility: 'public' | 'internal';
  body: string;
  html: string | null;
  files: readonly NewFile[];
  version: number;
  updatedAt: Date | null;
}

/** Whose draft, of which ticket: one of a reply, and one of a note, so that neither ever gets into the other. */
export interface DraftOf {
  ticketId: number;
  employeeId: number;
  visibility: Draft['visibility'];
}

const EMPTY: Omit<Draft, 'visibility'> = { body: '', html: null, files: [], version: 0, updatedAt: null };

type Row = Omit<Draft, 'updatedAt'> & { updated_at: string };

const OF = 'ticket_id = ? and employee_id = ? and visibility = ?';
const key = ({ ticketId, employeeId, visibility }: DraftOf) => [ticketId, employeeId, visibility];
const COLUMNS = 'visibility, body, html, files, version, updated_at';
const draftOf = (row: Row | undefined, { visibility }: DraftOf): Draft => {
  if (!row) return { visibility, ...EMPTY };
  const { updated_at, ...draft } = row;
  return { ...draft, updatedAt: new Date(updated_at) };
};

export async function readDraft({ em }: Pick<Transaction, 'em'>, of: DraftOf): Promise<Draft> {
  const [row] = await em.execute<Row[]>(`select ${COLUMNS} from draft where ${OF}`, key(of));
  return draftOf(row, of);
}

/** What is kept of a draft; `files`: those of it that stay, by their place; left out: all. */
export interface DraftChange extends Pick<Draft, 'body' | 'html' | 'version'> {
  files?: readonly number[] | undefined;
}

/** Keeps a draft that was read as `version`. 409 with the version that is there, when another window was faster. */
export async function saveDraft(tx: Transaction, of: DraftOf, given: DraftChange): Promise<Draft> {
  const known = await lockDraft(tx, of);
  refuseOther(known, given.version);
  const files = given.files ? known.files.filter((_, at) => given.files?.includes(at)) : known.files;
  return writeDraft(tx, of, { ...given, files });
}

/** The draft that a comment is made of, which is gone with it. 409 when another window has changed it since. */
export async function takeDraft(tx: Transaction, of: DraftOf, version: number | undefined): Promise<Draft> {
  const known = await lockDraft(tx, of);
  if (version !== undefined) refuseOther(known, version);
  await tx.em.execute(`delete from draft where ${OF}`, key(of));
  return known;
}

/** Words that were taken back are a draft again. What was begun in the meantime stands below them. */
export async function putBack(
  tx: Transaction,
  of: DraftOf,
  { body, html, files }: Pick<Draft, 'body' | 'html' | 'files'>,
): Promise<Draft> {
  const known = await lockDraft(tx, of);
  const both = known.body.trim() === '' ? body : `${body}\n\n${known.body}`;
  const rich =
    html === null && known.html === null ? null : `${html ?? asHtml(body)}${known.html ?? asHtml(known.body)}`;
  const kept = { body: both, html: rich, files: [...files, ...known.files] };
  return writeDraft(tx, of, { ...kept, version: known.version });
}

/** Text as clean html. */
function asHtml(text: string): string {
  const lines = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').split('\n');
  return text === '' ? '' : `<p>${lines.join('<br />')}</p>`;
}

/** There may be no row to lock: whoever writes the same draft waits by its name. */
async function lockDraft(tx: Transaction, of: DraftOf): Promise<Draft> {
  await tx.em.execute(`select pg_advisory_xact_lock(hashtextextended('draft ' || ?, 0))`, [key(of).join(' ')]);
  return readDraft(tx, of);
}

function refuseOther({ version }: Draft, given: number): void {
  if (version !== given) throw new AppError('version_conflict', 'The draft has changed since you read it', { version });
}

/** `version` is the one before. */
async function writeDraft(
  tx: Transaction,
  of: DraftOf,
  draft: Omit<Draft, 'updatedAt' | 'visibility'>,
): Promise<Draft> {
  const [row] = await tx.em.execute<Row[]>(
    `insert into draft (ticket_id, employee_id, visibility, body, html, files, version, updated_at) values (?, ?, ?, ?, ?, ?::jsonb, ?, ?)
     on conflict (ticket_id, employee_id, visibility) do update set body = excluded.body, html = excluded.html, files = excluded.files, version = excluded.version, updated_at = excluded.updated_at
     returning ${COLUMNS}`,
    [...[...key(of), draft.body, draft.html], ...[JSON.stringify(draft.files), draft.version + 1, tx.now]],
  );
  return draftOf(row, of);
}
