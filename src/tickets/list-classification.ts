import type { EntityManager } from '@mikro-orm/postgresql';

/** A department, category or sub-category as admins see it. */
export interface Classification {
  id: number;
  name: string;
  /** false: no longer offered. */
  active: boolean;
  position: number;
  in_use: boolean;
}
export type CategoryTree = Classification & { sub_categories: Classification[] };

type Row = Omit<Classification, 'id'> & { id: string };

/** All departments in their order. */
export async function listDepartments(em: EntityManager): Promise<Classification[]> {
  const rows = await em.execute<Row[]>(
    `select d.id, d.name, d.active, d.position, exists (select from ticket where department_id = d.id)
         or exists (select from employee where department_id = d.id)
         or exists (select from coordinator_department where department_id = d.id) as in_use
       from department d order by d.position, d.id`,
  );
  return rows.map(classificationOf);
}

/** All categories in their order, each with its sub-categories. */
export async function listCategories(em: EntityManager): Promise<CategoryTree[]> {
  const rows = await em.execute<(Row & { parent_id: string | null })[]>(
    `select c.id, c.parent_id, c.name, c.active, c.position,
            exists (select from ticket where category_id = c.id) or exists (select from ticket where sub_category_id = c.id)
              or exists (select from article where category_id = c.id) as in_use
       from category c order by c.position, c.id`,
  );
  const below = Map.groupBy(rows, ({ parent_id }) => parent_id);
  return (below.get(null) ?? []).map((row) => ({
    ...classificationOf(row),
    sub_categories: (below.get(row.id) ?? []).map(classificationOf),
  }));
}

function classificationOf({ id, name, active, position, in_use }: Row): Classification {
  return { id: Number(id), name, active, position, in_use };
}
