import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';
import { dumpDatabase } from '../support/dump.ts';
import { noticesOf } from '../support/links.ts';
import { doTask } from '../support/tasks.ts';

const desk = useDesk({ web: true });
let admin: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
});

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const send = (csv: string | Uint8Array<ArrayBuffer>, by = admin) =>
  by.raw('/api/employees/import', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: csv });
interface Line {
  id: number;
  ok: boolean;
  outcome: string | null;
  subject_id: number | null;
  problem: { code: string; details: Record<string, unknown> } | null;
}
/** Imports a file and gives what became of its lines. */
async function imported(csv: string): Promise<Line[]> {
  const response = await send(csv);
  expect(response.status).toBe(202);
  const { task } = (await response.json()) as { task: { id: number } };
  await doTask(desk(), task.id);
  const { state, result } = (await admin.get(`/api/tasks/${task.id}`)).body;
  expect(state).toBe('done');
  return result as Line[];
}
const short = (lines: Line[]) => lines.map(({ id, outcome, problem }) => [id, outcome ?? problem?.code]);
const people = (like: string) => query('select from employee where email like ?', [like]);

test('accounts are made of the lines of a file, with their departments, and each is invited by mail', async () => {
  const lines = await imported(
    'email,first_name,middle_name,last_name,suffix,role,department,departments,locale\n' +
      'Ida@one.example,Ida,,Berg,,,it,,\n' +
      'jon@one.example,Jon,B.,"Berg, the younger",Jr.,coordinator,,IT|finance,de\n',
  );
  expect(short(lines)).toEqual([
    [2, 'made'],
    [3, 'made'],
  ]);
  const [ida, jon] = await Promise.all(
    lines.map(async (line) => (await admin.get(`/api/employees/${line.subject_id}`)).body),
  );
  expect(ida).toMatchObject({
    email: 'ida@one.example',
    role: 'employee',
    status: 'approved',
    department: { name: 'IT' },
    has_password: false,
  });
  expect(jon).toMatchObject({
    ...{
      first_name: 'Jon',
      middle_name: 'B.',
      last_name: 'Berg, the younger',
      suffix: 'Jr.',
      role: 'coordinator',
      locale: 'de',
    },
    ...{ department: null, departments: [{ name: 'Finance' }, { name: 'IT' }] },
  });
  expect(await noticesOf(desk(), Number(lines[0]?.subject_id))).toEqual([
    { template: 'invitation', to: 'ida@one.example' },
  ]);
});

test('the same file again makes nothing twice and mails nobody; what differs meanwhile is said at its line and not changed', async () => {
  const file = 'email;first_name;last_name\r\nkim@two.example;Kim;Lund\r\nleo@two.example;Leo;Lund\r\n';
  const first = await imported(file);
  const before = await dumpDatabase(desk());
  expect(short(await imported(file))).toEqual([
    [2, 'unchanged'],
    [3, 'unchanged'],
  ]);
  const after = await dumpDatabase(desk());
  for (const table of ['employee', 'account_notice', 'account_link'])
    expect([table, after[table]]).toEqual([table, before[table]]);
  await query(`update employee set last_name = 'Dahl' where id = ?`, [first[1]?.subject_id]);
  const again = await imported(file);
  expect(short(again)).toEqual([
    [2, 'unchanged'],
    [3, 'conflict'],
  ]);
  expect(again[1]?.problem?.details).toEqual({ id: first[1]?.subject_id, fields: ['last_name'] });
  expect(await query('select last_name from employee where id = ?', [first[1]?.subject_id])).toEqual([
    { last_name: 'Dahl' },
  ]);
});

test('of a file with wrong lines nothing is done; the answer tells every one of them', async () => {
  const before = await dumpDatabase(desk());
  const response = await send(
    'email,first_name,last_name,role,department\n' +
      'good@three.example,Good,Line,,\n' +
      'nobody,Bad,Address,,\n' +
      'a@three.example,,Nameless,boss,\n' +
      'b@three.example,B,B,,No Such Place\n' +
      'GOOD@three.example,Good,Again,,\n' +
      'c@three.example,C\n',
  );
  expect(response.status).toBe(400);
  const { code, details } = (await response.json()) as { code: string; details: Record<string, string[]> };
  expect(code).toBe('validation_failed');
  expect(Object.keys(details)).toEqual(['line 3', 'line 4', 'line 5', 'line 6', 'line 7']);
  expect(details['line 3']).toEqual([expect.stringMatching(/^email: must be a mail address/)]);
  expect(details['line 4']).toEqual([expect.stringMatching(/^first_name: /), expect.stringMatching(/^role: /)]);
  expect(details['line 5']).toEqual(['department: there is no "No Such Place"']);
  expect(details['line 6']).toEqual(['email: stands in line 2 already']);
  expect(details['line 7']).toEqual(['has 2 cells below 5 columns']);
  expect(await dumpDatabase(desk())).toEqual(before);
});

test.each([
  ['no bytes', '', /no column email/],
  ['a header only', 'email,first_name,last_name\n', /no line/],
  ['an unknown column', 'email,first_name,last_name,salary\na@b.example,A,B,1\n', /"salary"/],
  ['a column twice', 'email,first_name,last_name,email\na@b.example,A,B,a@b.example\n', /twice/],
  ['an open quote', 'email,first_name,last_name\n"a@b.example,A,B\n', /no CSV/],
  ['Latin-1', new Uint8Array(Buffer.from('email,first_name,last_name\na@b.example,Jürg,B\n', 'latin1')), /UTF-8/],
  ['2,001 lines', `email,first_name,last_name\n${'a@b.example,A,B\n'.repeat(2001)}`, /more than 2000 lines/],
])('a file with %s is refused, and says why', async (_, csv, why) => {
  const response = await send(csv);
  expect(response.status).toBe(400);
  const { details } = (await response.json()) as { details: { file: string[] } };
  expect(details.file.join()).toMatch(why);
  expect(await people('%@b.example')).toEqual([]);
});

test('an export of people that was edited in a spreadsheet can be imported', async () => {
  const { body } = await admin.post('/api/employees/export', { format: 'csv' });
  const { id } = body['task'] as { id: number };
  await doTask(desk(), id);
  const text = await (await admin.raw(`/api/tasks/${id}/file`)).text();
  const line = text.trim().split('\r\n').length + 1;
  const cells = text.split('\r\n')[0]?.split(',').length ?? 0;
  const lines = await imported(`${text}new@four.example,New,,"'-Dash"${','.repeat(cells - 4)}\r\n`);
  expect(lines.find((one) => one.id === line)).toMatchObject({ outcome: 'made' });
  expect(await query(`select last_name from employee where email = 'new@four.example'`)).toEqual([
    { last_name: '-Dash' },
  ]);
  expect(
    lines.filter(
      ({ outcome, problem }) => outcome !== 'made' && outcome !== 'unchanged' && problem?.code !== 'conflict',
    ),
  ).toEqual([]);
});

test('somebody known from mail only gets an account and keeps their tickets; who waits for approval or was disabled is said at the line', async () => {
  const found = await query<{ id: string; email: string }>(
    `insert into employee (email, role, status, created_at, updated_at) select s || '@five.example', 'employee', s, now(), now()
       from unnest(array['contact', 'pending', 'disabled']) s returning id, email`,
  );
  const lines = await imported(`email,first_name,last_name\n${found.map(({ email }) => `${email},A,B\n`).join('')}`);
  expect(short(lines)).toEqual([
    [2, 'made'],
    [3, 'conflict'],
    [4, 'conflict'],
  ]);
  expect(lines[0]?.subject_id).toBe(Number(found[0]?.id));
});

test('an import ends when the admin who began it is none any more, and what was made stays', async () => {
  const ann = await newActor(desk(), 'admin', 'Ann');
  const response = await send('email,first_name,last_name\nx@six.example,X,Y\n', ann);
  const { task } = (await response.json()) as { task: { id: number } };
  await query(`update employee set role = 'coordinator' where id = ?`, [ann.id]);
  expect(await doTask(desk(), task.id)).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/may not/),
    input: {},
  });
  expect(await people('%@six.example')).toEqual([]);
});
