import { beforeAll, expect, test } from 'vitest';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
let admin: Client;
let employee: Client;
beforeAll(async () => {
  await desk().account('admin');
  await desk().account('employee');
  admin = client(desk().url, await desk().signIn('admin@desk.example'));
  employee = client(desk().url, await desk().signIn('employee@desk.example'));
});

interface Item {
  id: number;
  name: string;
  active: boolean;
  position: number;
  in_use: boolean;
  sub_categories?: Item[];
}
const list = async (what: string) => (await admin.get(`/api/${what}`)).body['results'] as Item[];
const named = async (what: string, name: string) => (await list(what)).find((item) => item.name === name);
const offered = async (what: 'categories' | 'departments') =>
  ((await employee.get('/api/options')).body[what] as Item[]).map(({ name }) => name);
const create = async (what: string, body: object) => (await admin.post(`/api/${what}`, body)).body as unknown as Item;
const submit = (given: object) => employee.post('/api/tickets', { subject: 'Help', description: 'Please.', ...given });

test('Software, Hardware and more are there from the start, with sub-categories, and are offered in their order', async () => {
  expect(await offered('categories')).toEqual(['Hardware', 'Software', 'Network', 'Access', 'Other']);
  expect((await named('categories', 'Software'))?.sub_categories?.map(({ name }) => name)).toContain('Licence');
});

test.each(['departments', 'categories'])('%s: made, renamed, moved to the front, deleted', async (what) => {
  const made = await create(what, { name: 'Canteen' });
  expect(made).toMatchObject({ name: 'Canteen', active: true, in_use: false });
  expect((await list(what)).at(-1)?.name).toBe('Canteen');
  const path = `/api/${what}/${made.id}`;
  expect((await admin.send('PATCH', path, { name: 'Kitchen', position: 0 })).body).toMatchObject({ name: 'Kitchen' });
  expect((await list(what))[0]?.name).toBe('Kitchen');
  expect((await offered(what as 'categories'))[0]).toBe('Kitchen');
  expect((await admin.send('DELETE', path)).status).toBe(200);
  expect(await named(what, 'Kitchen')).toBeUndefined();
  expect((await admin.send('DELETE', path)).status).toBe(404);
  expect((await admin.send('PATCH', path, { active: false })).status).toBe(404);
});

test('a name is given once below its parent, in any case of letters; ten at once make one', async () => {
  expect(await admin.post('/api/departments', { name: 'fiNANCE' })).toMatchObject({
    status: 409,
    body: { code: 'conflict', details: { name: ['is taken'] } },
  });
  const software = (await named('categories', 'Software'))?.id;
  const hardware = (await named('categories', 'Hardware'))?.id;
  expect((await admin.post('/api/categories', { name: 'licence', parent: software })).status).toBe(409);
  expect((await admin.post('/api/categories', { name: 'Licence', parent: hardware })).status).toBe(201);
  const answers = await Promise.all(Array.from({ length: 10 }, () => admin.post('/api/categories', { name: 'Fleet' })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
  const it = await named('departments', 'IT');
  expect((await admin.send('PATCH', `/api/departments/${it?.id}`, { name: 'FINANCE' })).status).toBe(409);
  expect((await admin.send('PATCH', `/api/departments/${it?.id}`, { name: 'it' })).status).toBe(200);
});

test('a ticket takes category, sub-category and department by name in any case, or by id', async () => {
  const [network, laptop] = [
    await named('categories', 'Network'),
    (await named('categories', 'Hardware'))?.sub_categories?.[0],
  ];
  expect((await submit({ category: 'network', department: 'FACILITIES' })).body).toMatchObject({
    category: 'Network',
    department: 'Facilities',
  });
  expect((await submit({ category: network?.id })).body).toMatchObject({ category: 'Network' });
  expect((await submit({ sub_category: laptop?.id })).body).toMatchObject({
    category: 'Hardware',
    sub_category: laptop?.name,
  });
  expect((await submit({ category: 'Software', sub_category: 'laptop' })).body['details']).toHaveProperty(
    'sub_category',
  );
});

test('what is in use is not deleted; deactivated, it is no longer offered or taken, and old tickets keep it', async () => {
  const { id } = await create('categories', { name: 'Fax' });
  const sub = await create('categories', { name: 'Paper', parent: id });
  const department = await create('departments', { name: 'Post room' });
  const ticket = (await submit({ category: 'Fax', sub_category: 'Paper', department: 'Post room' })).body['id'];
  expect(await named('categories', 'Fax')).toMatchObject({ in_use: true, sub_categories: [{ in_use: true }] });
  for (const path of [`categories/${id}`, `categories/${sub.id}`, `departments/${department.id}`]) {
    expect(await admin.send('DELETE', `/api/${path}`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await admin.send('PATCH', `/api/${path}`, { active: false })).body).toMatchObject({ active: false });
  }
  expect(await offered('categories')).not.toContain('Fax');
  expect(await offered('departments')).not.toContain('Post room');
  for (const given of [{ category: 'Fax' }, { category: id }, { sub_category: sub.id }, { department: 'post room' }])
    expect(await submit(given)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  expect((await employee.get(`/api/tickets/${ticket}`)).body).toMatchObject({
    category: 'Fax',
    department: 'Post room',
  });
  await admin.send('PATCH', `/api/categories/${sub.id}`, { active: true });
  expect((await submit({ sub_category: sub.id })).status).toBe(400); // its category is still out
});

test('a department that a coordinator works for is in use', async () => {
  const { id } = await create('departments', { name: 'Fleet' });
  const { id: coordinator } = await desk().account('coordinator');
  await desk().transaction((tx) =>
    tx.em.execute('insert into coordinator_department (employee_id, department_id) values (?, ?)', [coordinator, id]),
  );
  expect((await admin.send('DELETE', `/api/departments/${id}`)).status).toBe(409);
  expect(await named('departments', 'Fleet')).toMatchObject({ in_use: true });
});

test.each<[string, string, object, string]>([
  ['a number as a name, which would be an id', 'departments', { name: '2024' }, 'name'],
  ['an empty name', 'departments', { name: ' ' }, 'name'],
  ['a name of two lines', 'categories', { name: 'a\nb' }, 'name'],
  ['a parent that is none', 'categories', { name: 'Below', parent: 999_999 }, 'parent'],
  ['an unknown field', 'categories', { name: 'Below', colour: 'red' }, 'colour'],
])('%s is refused', async (_, what, body, field) => {
  const answer = await admin.post(`/api/${what}`, body);
  expect(answer.status).toBe(400);
  expect(Object.keys(answer.body['details'] as object)).toEqual([field]);
});

test('there is no third level of categories', async () => {
  const laptop = (await named('categories', 'Hardware'))?.sub_categories?.[0];
  const answer = await admin.post('/api/categories', { name: 'Battery', parent: laptop?.id });
  expect(answer.body['details']).toEqual({ parent: ['is a sub-category itself'] });
});

test('each change is audited with the id, without the name; employees may not make any', async () => {
  const { id } = await create('departments', { name: 'Canary house' });
  await admin.send('PATCH', `/api/departments/${id}`, { name: 'Canary nest', active: false });
  await admin.send('PATCH', `/api/departments/${id}`, { name: 'Canary nest' }); // nothing changes
  await admin.send('DELETE', `/api/departments/${id}`);
  const entries = await desk().transaction((tx) =>
    tx.em.execute<{ action: string }[]>(
      `select action, data, actor_id::int from audit_entry where subject_type = 'department' and subject_id = ? order by id`,
      [id],
    ),
  );
  expect(entries).toMatchObject([
    { action: 'department.created', actor_id: 1 },
    { action: 'department.changed', data: { changed: ['name', 'active'], active: false } },
    { action: 'department.deleted' },
  ]);
  expect(JSON.stringify(entries)).not.toContain('Canary');
  for (const [method, path, body] of [
    ['GET', '/api/departments', undefined],
    ['POST', '/api/departments', { name: 'Mine' }],
    ['PATCH', '/api/categories/1', { name: 'Mine' }],
    ['DELETE', '/api/categories/1', undefined],
  ] as const)
    expect((await employee.send(method, path, body)).status).toBe(403);
});
