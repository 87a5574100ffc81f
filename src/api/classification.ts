import type Router from '@koa/router';
import { assert } from '../errors.ts';
import { changeClassification, createClassification, deleteClassification } from '../tickets/edit-classification.ts';
import { listCategories, listDepartments, type CategoryTree } from '../tickets/list-classification.ts';
import type { Transaction } from '../db/transaction.ts';
import { mount, type MountDeps } from './mount.ts';

/** Departments, categories and sub-categories, for admins. Everybody else reads what is offered in `options`. */
export function classificationRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'listDepartments', async ({ tx }) => ({ results: await listDepartments(tx.em) }));

  mount(router, deps, 'createDepartment', async ({ tx, actor, body }) =>
    readDepartment(tx, await createClassification(tx, actor.id, 'department', body)),
  );

  mount(router, deps, 'changeDepartment', async ({ tx, actor, params, body }) => {
    await changeClassification(tx, actor.id, 'department', params.id, body);
    return readDepartment(tx, params.id);
  });

  mount(router, deps, 'deleteDepartment', async ({ tx, actor, params }) => {
    await deleteClassification(tx, actor.id, 'department', params.id);
    return {};
  });

  mount(router, deps, 'listCategories', async ({ tx }) => ({ results: await listCategories(tx.em) }));

  mount(router, deps, 'createCategory', async ({ tx, actor, body: { parent, ...body } }) =>
    readCategory(tx, await createClassification(tx, actor.id, 'category', { ...body, parentId: parent ?? null })),
  );

  mount(router, deps, 'changeCategory', async ({ tx, actor, params, body }) => {
    await changeClassification(tx, actor.id, 'category', params.id, body);
    return readCategory(tx, params.id);
  });

  mount(router, deps, 'deleteCategory', async ({ tx, actor, params }) => {
    await deleteClassification(tx, actor.id, 'category', params.id);
    return {};
  });
}

async function readDepartment(tx: Transaction, id: number) {
  const found = (await listDepartments(tx.em)).find((department) => department.id === id);
  assert(found, 'a department that was written is there');
  return found;
}

/** A category with its sub-categories, or a sub-category, which has none. */
async function readCategory(tx: Transaction, id: number): Promise<CategoryTree> {
  const all = await listCategories(tx.em);
  const below = all.flatMap(({ sub_categories }) => sub_categories.map((sub) => ({ ...sub, sub_categories: [] })));
  const found = [...all, ...below].find((category) => category.id === id);
  assert(found, 'a category that was written is there');
  return found;
}
