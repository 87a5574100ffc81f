import pg from 'pg';
import { beforeAll, expect, inject, test } from 'vitest';
import { readAuditHead } from '../../src/db/read-audit-head.ts';
import { auditHash, type AuditData } from '../../src/db/audit-chain.ts';
import { Employee } from '../../src/people/employee.ts';
import { client, type Client } from '../support/client.ts';
import { onDatabase } from '../support/database.ts';
import { useDesk } from '../support/desk.ts';

let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
let admin: Client;
let employee: Client;
let [adminId, employeeId] = [0, 0];
beforeAll(async () => {
  adminId = (await desk().account('admin')).id;
  employeeId = (await desk().account('employee')).id;
  admin = client(desk().url, await desk().signIn('admin@desk.example'));
  employee = client(desk().url, await desk().signIn('employee@desk.example'));
});

interface Line {
  id: number;
  at: string;
  action: string;
  outcome: string;
  actor_id: number | null;
  actor: { name: string } | null;
  subject_type: string | null;
  data: Record<string, unknown>;
  request_id: string | null;
}
interface Page {
  next: string | null;
  previous: string | null;
  results: Line[];
}
const page = async (path: string) => (await admin.get(path)).body as unknown as Page;
const search = async (query: string) => (await page(`/api/audit?${query}`)).results;
const write = (
  action: string,
  given: { subject?: { type: string; id: number }; data?: AuditData; actorId?: number } = {},
) => desk().transaction(async (tx) => tx.audit({ action, actorId: null, ...given }));

test('what an admin does is found with who did it, and in which request', async () => {
  const answer = await admin.post('/api/departments', { name: 'Found again' });
  const [line] = await search('action=department.created');
  expect(line).toMatchObject({
    outcome: 'done',
    actor_id: adminId,
    actor: { name: 'admin Example', role: 'admin' },
    subject_type: 'department',
    request_id: answer.headers.get('x-request-id'),
  });
});

test('what somebody may not do is refused and written down', async () => {
  expect((await employee.get('/api/audit')).status).toBe(403);
  expect((await employee.post('/api/departments', { name: 'Mine' })).status).toBe(403);
  const form = new FormData();
  form.set('body', 'A note');
  form.set('visibility', 'internal');
  const ticket = (await employee.post('/api/tickets', { subject: 'Help', description: 'Please.' })).body[
    'id'
  ] as number;
  expect((await employee.send('POST', `/api/tickets/${ticket}/comments`, form)).status).toBe(403);
  const lines = await search(`outcome=refused&actor=${employeeId}`);
  expect(lines.map(({ action, data }) => [action, data])).toEqual([
    ['request.refused', { route: 'addComment', code: 'forbidden' }],
    ['request.refused', { route: 'createDepartment', code: 'forbidden' }],
    ['request.refused', { route: 'listAudit', code: 'forbidden' }],
  ]);
});

test('entries are found by actor, beginning of the action, subject, outcome and time', async () => {
  ahead = 3600_000;
  const from = new Date(Date.now() + ahead).toISOString();
  await write('probe.one', { actorId: employeeId, subject: { type: 'probe', id: 1 } });
  await write('probe.two', { actorId: adminId, subject: { type: 'probe', id: 2 } });
  await write('probe_like', { subject: { type: 'other', id: 1 } });
  ahead = 7200_000;
  const to = new Date(Date.now() + ahead).toISOString();
  await write('probe.late');
  ahead = 0;
  const found = async (query: string) => (await search(query)).map(({ action }) => action);
  expect(await found('action=probe.')).toEqual(['probe.late', 'probe.two', 'probe.one']);
  expect(await found('action=probe_')).toEqual(['probe_like']);
  expect(await found(`action=probe&actor=${employeeId}`)).toEqual(['probe.one']);
  expect(await found('subject_type=probe&subject_id=2')).toEqual(['probe.two']);
  expect(await found(`from=${from}&to=${to}`)).toEqual(['probe_like', 'probe.two', 'probe.one']);
  expect(await found('action=probe&outcome=refused')).toEqual([]);
});

test('pages follow each other without a gap, forwards and back', async () => {
  for (let n = 0; n < 7; n++) await write('paged.entry', { data: { n } });
  const forwards: number[][] = [];
  let path: string | null = '/api/audit?action=paged&limit=3';
  let last: string | null = null;
  while (path) {
    const { results, next } = await page(path);
    forwards.push(results.map(({ data }) => data['n'] as number));
    [last, path] = [path, next];
  }
  expect(forwards).toEqual([[6, 5, 4], [3, 2, 1], [0]]);
  const { previous } = await page(last ?? '');
  const middle = await page(previous ?? '');
  expect(middle.results.map(({ data }) => data['n'])).toEqual([3, 2, 1]);
  const first = await page(middle.previous ?? '');
  expect(first.results.map(({ data }) => data['n'])).toEqual([6, 5, 4]);
  expect(first.previous).toBeNull();
});

test.each([
  'actor=x',
  'actor=1&actor=2',
  'action=%25',
  'outcome=maybe',
  'from=yesterday',
  'from=0000-01-01T00:00:00Z',
  'cursor=x',
  'limit=0',
  'page=2',
])('the question ?%s is refused', async (query) => {
  expect(await admin.get(`/api/audit?${query}`)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
});

test('the log keeps an entry when its actor is erased', async () => {
  const { id } = await desk().account('employee', 'gone@desk.example');
  await write('probe.erased', { actorId: id });
  await desk().transaction((tx) => tx.em.nativeDelete(Employee, id));
  expect(await search('action=probe.erased')).toMatchObject([{ actor_id: id, actor: null }]);
});

test('the export as JSON lines holds every entry with its hashes, so that anyone can check the chain', async () => {
  const until = await desk().transaction(readAuditHead);
  const response = await admin.raw('/api/audit/export?format=jsonl');
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="?audit-\d{4}-\d\d-\d\d\.jsonl"?$/,
  );
  const lines = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, never>);
  let previous = '0'.repeat(64);
  for (const line of lines) {
    const { id, at, action, outcome, data } = line;
    const row = {
      actorId: line['actor_id']!,
      subjectType: line['subject_type']!,
      subjectId: line['subject_id']!,
      requestId: line['request_id']!,
    };
    expect(line['prev_hash']).toBe(previous);
    previous = auditHash(previous, { id: id!, at: at!, action: action!, outcome: outcome!, data: data!, ...row });
    expect(line['row_hash']).toBe(previous);
  }
  expect({ id: lines.at(-1)?.['id'], hash: previous }).toEqual(until);
});

test('T34: the export as CSV is an attachment whose cells begin no formula', async () => {
  await write('probe.csv', { data: { note: '=1+1', list: ['-1', '@x'] } });
  const response = await admin.raw('/api/audit/export?format=csv&action=probe.csv');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="?audit-.*\.csv"?$/);
  const text = await response.text();
  const lines = text.trim().split('\r\n');
  expect(lines[0]).toContain(
    'id,at,actor_id,action,outcome,subject_type,subject_id,data,request_id,prev_hash,row_hash',
  );
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('probe.csv');
  expect(lines[1]).not.toMatch(/[",;][=@]|^[=+\-@]/);
});

test('an export is more than one page long, and is itself written down', async () => {
  await desk().transaction(async (tx) => {
    for (let n = 0; n < 2300; n++) tx.audit({ action: 'many.entry', actorId: null, data: { n } });
  });
  const text = await (await admin.raw('/api/audit/export?format=jsonl&action=many.')).text();
  const numbers = text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { data: { n: number } }).data.n);
  expect(numbers).toEqual(Array.from({ length: 2300 }, (_, n) => n));
  expect((await search('action=audit.exported'))[0]).toMatchObject({
    actor_id: adminId,
    data: { format: 'jsonl', action: 'many.', until: expect.any(Number) },
  });
});

test('an export that fails in the middle does not look like a whole one, and the desk goes on', async () => {
  const superuser = new pg.Client(
    onDatabase(inject('postgres').adminUrl, new URL(desk().databaseUrl).pathname.slice(1)),
  );
  await superuser.connect();
  await superuser.query('set session_replication_role = replica');
  // A moment that JavaScript cannot write down.
  const broken = `id = (select max(id) from audit_entry where action = 'many.entry')`;
  const { rows } = await superuser.query<{ at: Date }>(`select at from audit_entry where ${broken}`);
  await superuser.query(`update audit_entry set at = 'infinity' where ${broken}`);
  const response = await admin.raw('/api/audit/export?format=jsonl&action=many.');
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  await superuser.query(`update audit_entry set at = $1 where ${broken}`, [rows[0]?.at]);
  await superuser.end();
  expect((await admin.raw('/api/audit/export?format=jsonl&action=many.')).status).toBe(200);
});

test('a reader that leaves in the middle of an export leaves nothing open', async () => {
  const response = await admin.raw('/api/audit/export?format=jsonl&action=many.');
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  expect((await admin.get('/api/audit?limit=1')).status).toBe(200);
});

test('no entry holds a name, an address, a subject or words: only ids, hashes and fixed words', async () => {
  const canary = 'Canary-7f3a';
  const version = (await admin.get('/api/settings')).body['version'];
  await admin.send('PATCH', '/api/settings', {
    version,
    organisation_name: canary,
    organisation_address: canary,
    registration_domains: [`${canary}.example`],
    priority_names: { high: canary },
  });
  const { id } = (await admin.post('/api/categories', { name: canary })).body;
  await admin.send('PATCH', `/api/categories/${id as number}`, { name: `${canary} 2` });
  await desk().account('employee', `${canary.toLowerCase()}@desk.example`);
  const person = client(desk().url, await desk().signIn(`${canary.toLowerCase()}@desk.example`));
  await person.post('/api/tickets', { subject: canary, description: canary });
  await person.post('/api/departments', { name: canary });
  const rows = await desk().transaction((tx) =>
    tx.em.execute<{ row: string }[]>('select a::text as row from audit_entry a where id > 0'),
  );
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ row }) => /canary|@desk\.example|admin example/i.test(row))).toEqual([]);
});
