import type { Sample, World } from '../samples.ts';

const plain: Sample = { own: () => ({}) };
let made = 0;

async function row({ desk }: World, sql: string, params: unknown[] = []): Promise<number> {
  const [found] = await desk.transaction((tx) => tx.em.execute<{ n: string }[]>(sql, params));
  return Number(found?.n);
}

const department = (world: World) =>
  row(world, 'insert into department (name) values (?) returning id as n', [`Department ${++made}`]);
const category = (world: World) =>
  row(world, 'insert into category (name) values (?) returning id as n', [`Category ${++made}`]);

/** Departments and categories belong to nobody: who may change them at all reaches every one. */
const onNew = (make: (world: World) => Promise<number>, body: () => object = () => ({})): Sample => {
  const own = async (world: World) => ({ params: { id: await make(world) }, body: body() });
  return { own, foreign: own, reach: ['admin'] };
};

export const settingsSamples = {
  readSettings: plain,
  changeSettings: {
    own: async (world) => ({
      body: {
        version: await row(world, 'select coalesce(sum(version), 0) as n from setting'),
        retention_days: ++made,
      },
    }),
  },
  foreseeRetention: { own: () => ({ query: { retention_days: '30' } }) },
  listDepartments: plain,
  createDepartment: { own: () => ({ body: { name: `Department ${++made}` } }) },
  changeDepartment: onNew(department, () => ({ name: `Department ${++made}` })),
  deleteDepartment: onNew(department),
  listCategories: plain,
  createCategory: { own: () => ({ body: { name: `Category ${++made}` } }) },
  changeCategory: onNew(category, () => ({ active: false })),
  deleteCategory: onNew(category),
} satisfies Record<string, Sample>;
