import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';

/** What tickets are sorted by. Sub-categories are categories with a parent. */
export type ClassificationTable = 'department' | 'category';

export interface NewClassification {
  name: string;
  /** Of a sub-category: its category. */
  parentId?: number | null;
  position?: number | undefined;
}

/** Name, position (null: behind the last of its siblings), parent. */
const INSERT: Record<ClassificationTable, string> = {
  department: `insert into department (name, position)
    select name, coalesce(position, (select coalesce(max(position), 0) + 10 from department))
      from (select ?::text as name, ?::int as position, ?::bigint as parent) as given returning id`,
  category: `insert into category (name, position, parent_id)
    select name, coalesce(position, (select coalesce(max(position), 0) + 10 from category where parent_id is not distinct from parent)), parent
      from (select ?::text as name, ?::int as position, ?::bigint as parent) as given returning id`,
};

/** Adds one at the end, unless it has a position, and gives its id. 409 when its parent has one of that name in any case of letters. */
export async function createClassification(
  tx: Transaction,
  actorId: number,
  table: ClassificationTable,
  { name, parentId = null, position }: NewClassification,
): Promise<number> {
  if (parentId !== null) await refuseWrongParent(tx, parentId);
  const [row] = await uniqueName(tx.em.execute<{ id: string }[]>(INSERT[table], [name, position ?? null, parentId]));
  const id = Number(row?.id);
  tx.audit({ action: `${table}.created`, actorId, subject: { type: table, id } });
  return id;
}

export interface ClassificationChanges {
  name?: string | undefined;
  active?: boolean | undefined;
  position?: number | undefined;
}

/** Changes what was given. What is not active is no longer offered or taken; tickets that have it keep it. */
export async function changeClassification(
  tx: Transaction,
  actorId: number,
  table: ClassificationTable,
  id: number,
  { name, active, position }: ClassificationChanges,
): Promise<void> {
  const [before] = await tx.em.execute<{ name: string; active: boolean; position: number }[]>(
    `select name, active, position from ${table} where id = ? for no key update`,
    [id],
  );
  if (!before) throw notFound(table);
  const after = { name: name ?? before.name, active: active ?? before.active, position: position ?? before.position };
  const changed = (['name', 'active', 'position'] as const).filter((key) => before[key] !== after[key]);
  if (changed.length === 0) return;
  await uniqueName(
    tx.em.execute(`update ${table} set name = ?, active = ?, position = ? where id = ?`, [
      ...[after.name, after.active, after.position, id],
    ]),
  );
  const data = { changed, active: after.active };
  tx.audit({ action: `${table}.changed`, actorId, subject: { type: table, id }, data });
}

/** Deletes one that nothing refers to, a category with its sub-categories; else 409. */
export async function deleteClassification(
  tx: Transaction,
  actorId: number,
  table: ClassificationTable,
  id: number,
): Promise<void> {
  const [found] = await tx.em.execute<{ granted: boolean }[]>(
    table === 'department'
      ? `select exists (select from coordinator_department where department_id = d.id) as granted from department d where d.id = ? for update`
      : `select false as granted from category where id = ? for update`,
    [id],
  );
  if (!found) throw notFound(table);
  if (found.granted) throw inUse(table);
  await tx.em.execute(`delete from ${table} where id = ?`, [id]).catch((error: unknown) => {
    throw STILL_REFERRED_TO.includes(codeOf(error)) ? inUse(table) : error;
  });
  tx.audit({ action: `${table}.deleted`, actorId, subject: { type: table, id } });
}

async function refuseWrongParent({ em }: Transaction, id: number): Promise<void> {
  const [parent] = await em.execute<{ parent_id: string | null }[]>(
    'select parent_id from category where id = ? for key share',
    [id],
  );
  if (!parent) throw fieldError('parent', 'There is no such category');
  if (parent.parent_id !== null) throw fieldError('parent', 'is a sub-category itself');
}

/** SQLSTATEs of PostgreSQL; what ON DELETE RESTRICT says is a foreign key violation before version 18. */
const STILL_REFERRED_TO = ['23001', '23503'];
const UNIQUE = '23505';

async function uniqueName<T>(written: Promise<T>): Promise<T> {
  return written.catch((error: unknown) => {
    if (codeOf(error) !== UNIQUE) throw error;
    throw new AppError('conflict', 'There is one of this name already', { name: ['is taken'] });
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const notFound = (table: ClassificationTable) => new AppError('not_found', `There is no such ${table}`);
const inUse = (table: ClassificationTable) =>
  new AppError('conflict', `This ${table} is in use: deactivate it instead, and it is no longer offered`);
