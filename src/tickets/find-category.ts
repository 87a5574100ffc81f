import type { Transaction } from '../db/transaction.ts';
import { fieldError } from '../errors.ts';

/** A category, sub-category or department as a client names it: by name (any case) or id. */
export type NameOrId = string | number;

/** Ids of what was named; an unknown name, or one that is no longer offered, is an error at its field. A sub-category brings its category with it. */
export async function findClassification(
  tx: Transaction,
  given: { category?: NameOrId | undefined; sub_category?: NameOrId | undefined; department?: NameOrId | undefined },
): Promise<{ categoryId: number | null; subCategoryId: number | null; departmentId: number | null }> {
  const top =
    given.category === undefined ? null : await find(tx, 'category', 'category', given.category, 'parent_id is null');
  const sub =
    given.sub_category === undefined
      ? null
      : await find(
          tx,
          'category',
          'sub_category',
          given.sub_category,
          top ? 'parent_id = ?' : 'exists (select from category up where up.id = category.parent_id and up.active)',
          top ? [top.id] : [],
        );
  const department =
    given.department === undefined ? null : await find(tx, 'department', 'department', given.department, 'true');
  return {
    categoryId: top?.id ?? sub?.parentId ?? null,
    subCategoryId: sub?.id ?? null,
    departmentId: department?.id ?? null,
  };
}

async function find(
  tx: Transaction,
  table: 'category' | 'department',
  field: string,
  value: NameOrId,
  condition: string,
  params: number[] = [],
): Promise<{ id: number; parentId: number | null }> {
  const byId = typeof value === 'number' || /^\d{1,15}$/.test(value);
  const parent = table === 'category' ? 'parent_id' : 'null';
  const [row] = await tx.em.execute<{ id: string; parent_id: string | null }[]>(
    `select id, ${parent} as parent_id from ${table} where ${byId ? 'id = ?' : 'lower(name) = lower(?)'} and active and ${condition} limit 1`,
    [byId ? Number(value) : value, ...params],
  );
  if (!row) throw fieldError(field, `There is no ${field.replace('_', '-')} "${value}"`);
  return { id: Number(row.id), parentId: row.parent_id === null ? null : Number(row.parent_id) };
}
