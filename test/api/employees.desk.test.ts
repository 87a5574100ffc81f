import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Employee } from '../../src/people/employee.ts';
import type { Role } from '../../src/tickets/lifecycle.ts';
import { accountMails } from '../support/account-mails.ts';
import { auditOf } from '../support/audit.ts';
import { client, type Client } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
const { deliver, mailTo, tokenFor } = accountMails(desk);

let people = 0;
let boss: Employee;
let admin: Client;
beforeAll(async () => {
  boss = await desk().account('admin', 'boss@desk.example');
  admin = await signedIn(boss.email);
});

beforeEach(async () => {
  await deliver(); // what the test before left
});

const signedIn = async (email: string) => client(desk().url, await desk().signIn(email));
const account = (role: Role = 'employee') => desk().account(role, `${role}-${++people}@desk.example`);
const read = (id: number) => desk().transaction(({ em }) => em.findOneOrFail(Employee, id, { refresh: true }));
const signIn = (email: string) => client(desk().url).post('/api/token/employee', { email, password: PASSWORD });
const actions = async (id: number) =>
  (await auditOf(desk(), id)).map(({ action }) => action).filter((action) => action.startsWith('employee.'));

/** By the link of the newest mail, as its owner does. */
async function choosePassword(email: string): Promise<void> {
  const body = { token: await tokenFor(email), password: PASSWORD };
  expect((await client(desk().url).post('/api/password/reset', body)).status).toBe(200);
}

/** Somebody who waits for approval. */
async function waiting({ confirmed = true } = {}): Promise<Employee> {
  const email = `waiting-${++people}@maravia.example`;
  await client(desk().url).post('/api/register', {
    ...{ first_name: 'Yusuf', last_name: 'Demir', email, password: PASSWORD },
  });
  await deliver();
  if (confirmed) await client(desk().url).post('/api/register/confirm', { token: await tokenFor(email) });
  return desk().transaction(({ em }) => em.findOneOrFail(Employee, { email }));
}

describe('approving', () => {
  test('lets somebody sign in with the password they chose, and says so by mail', async () => {
    const { id, email, companyId } = await waiting();
    const answer = await admin.post(`/api/employees/${id}/approve`);
    expect(answer).toMatchObject({ status: 200, body: { id, status: 'approved', company_id: companyId } });
    expect(answer.body).toMatchObject({ decided_by: { id: boss.id }, moves: ['disable'], address_confirmed: true });
    expect(await deliver()).toEqual([`registration-approved → ${email}`]);
    const mail = await mailTo(email);
    expect(mail.text).toContain('Hello Yusuf,');
    expect(mail.text).toContain('Sign in:\nhttp://localhost:8080/sign-in\n');
    expect(await signIn(email)).toMatchObject({ status: 200, body: { role: 'employee' } });
    expect(await auditOf(desk(), id)).toContainEqual({
      ...{ action: 'employee.approved', outcome: 'done', actor: boss.id, subject: id },
      data: { before: 'pending', role: 'employee', address_confirmed: true },
    });
  });

  test('of an address that nobody confirmed gives its owner a link, and whoever registered it nothing', async () => {
    const { id, email } = await waiting({ confirmed: false });
    const before = await tokenFor(email);
    await admin.post(`/api/employees/${id}/approve`, { role: 'coordinator' });
    await deliver();
    expect(await read(id)).toMatchObject({ status: 'approved', role: 'coordinator', passwordHash: null });
    expect((await signIn(email)).status).toBe(401);
    expect((await mailTo(email)).text).toContain('choose a password');
    expect(await tokenFor(email)).toHaveLength(43);
    expect((await client(desk().url).post('/api/register/confirm', { token: before })).status).toBe(410);
    await choosePassword(email);
    expect((await read(id)).emailConfirmedAt).toBeInstanceOf(Date);
    expect((await signIn(email)).status).toBe(200);
  });

  test.each(['contact', 'approved', 'disabled'] as const)('is not for an account that is %s', async (status) => {
    const { id } = await waiting();
    await desk().transaction(({ em }) => em.execute('update employee set status = ? where id = ?', [status, id]));
    const answer = await admin.post(`/api/employees/${id}/approve`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'invalid_transition', details: { status } } });
    expect((await read(id)).status).toBe(status);
  });

  test('by two admins at once happens once', async () => {
    const { id } = await waiting();
    const other = await signedIn((await account('admin')).email);
    const answers = await Promise.all([admin, other].map((each) => each.post(`/api/employees/${id}/approve`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await deliver()).length).toBe(1);
  });
});

describe('rejecting', () => {
  test('says why by mail, forgets what was given to sign in with, and can be taken back', async () => {
    const { id, email } = await waiting();
    const reason = 'You left in June. Write to HR first.';
    const answer = await admin.post(`/api/employees/${id}/reject`, { reason });
    expect(answer).toMatchObject({ status: 200, body: { status: 'rejected', decision_reason: reason } });
    expect(answer.body).toMatchObject({ moves: ['approve'], has_password: false });
    expect(await deliver()).toEqual([`registration-rejected → ${email}`]);
    expect((await mailTo(email)).text).toContain(reason);
    const entries = await auditOf(desk(), id);
    expect(entries.at(-1)).toMatchObject({ action: 'employee.rejected', data: { contact: false } });
    expect(JSON.stringify(entries)).not.toContain('June');

    await admin.post(`/api/employees/${id}/approve`);
    await deliver();
    expect((await mailTo(email)).text).toContain('Choose a password');
  });

  test('needs a reason', async () => {
    const { id } = await waiting();
    for (const body of [{}, { reason: ' ' }])
      expect((await admin.post(`/api/employees/${id}/reject`, body)).body).toMatchObject({ code: 'validation_failed' });
    expect((await read(id)).status).toBe('pending');
  });

  test('what a stranger registered does not shut out the owner of the address, who has mailed us', async () => {
    const email = `owner-${++people}@maravia.example`;
    const mail = `From: Real Name <${email}>\r\nTo: support@localhost\r\nSubject: Help\r\nMessage-ID: <${email}>\r\n\r\nHelp.\r\n`;
    await desk().receive(mail);
    await client(desk().url).post('/api/register', {
      ...{ first_name: 'Rude', last_name: 'Name', email, password: PASSWORD },
    });
    const { id } = await desk().transaction(({ em }) => em.findOneOrFail(Employee, { email }));
    await admin.post(`/api/employees/${id}/reject`, { reason: 'That was not you.' });
    expect(await read(id)).toMatchObject({ status: 'contact', firstName: '', lastName: '' });
    expect(await desk().receive(mail.replace(`<${email}>\r\n\r\n`, `<2-${email}>\r\n\r\n`))).toMatchObject({
      decision: 'open-ticket',
    });
  });
});

describe('making an account', () => {
  const given = () => ({ first_name: 'Grace', last_name: 'Cruz', email: `grace-${++people}@maravia.example` });

  test('invites its owner by a link that is good for 72 hours, and never mails a password', async () => {
    const answer = await admin.post('/api/employees', {
      ...{ ...given(), role: 'coordinator', department: 'IT', departments: ['IT', 3], locale: 'de' },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        ...{ status: 'approved', role: 'coordinator', department: { name: 'IT' }, has_password: false, locale: 'de' },
        departments: [{ name: 'Finance' }, { name: 'IT' }],
        company_id: expect.stringMatching(/^MA\d{4}$/),
      },
    });
    const { id, email } = answer.body as { id: number; email: string };
    expect(await deliver()).toEqual([`invitation → ${email}`]);
    expect((await mailTo(email)).text).toContain('Passwort wählen:\n');
    const [link] = await desk().transaction(({ em }) =>
      em.execute(
        'select purpose, extract(epoch from expires_at - created_at)::int as life from account_link where employee_id = ?',
        [id],
      ),
    );
    expect(link).toEqual({ purpose: 'reset-password', life: 72 * 3600 });
    expect((await signIn(email)).status).toBe(401);
    expect(await actions(id)).toEqual(['employee.created', 'employee.invited']);
    await choosePassword(email);
    expect((await signIn(email)).status).toBe(200);
  });

  test('of a contact keeps their tickets; of anybody else who is here is refused', async () => {
    const person = given();
    await desk().receive(
      `From: ${person.email}\r\nTo: support@localhost\r\nSubject: Mine\r\nMessage-ID: <${person.email}>\r\n\r\nHelp.\r\n`,
    );
    const answer = await admin.post('/api/employees', person);
    expect(answer).toMatchObject({ status: 201, body: { ticket_count: 1, open_ticket_count: 1, name: 'Grace Cruz' } });
    expect(await admin.post('/api/employees', person)).toMatchObject({
      ...{ status: 409, body: { code: 'conflict', details: { id: answer.body['id'], status: 'approved' } } },
    });
  });

  test('an invitation can be sent again; then only the new link works', async () => {
    const { body } = await admin.post('/api/employees', given());
    await deliver();
    const first = await tokenFor(body['email'] as string);
    expect((await admin.post(`/api/employees/${body['id'] as number}/invite`)).status).toBe(200);
    await deliver();
    expect(await tokenFor(body['email'] as string)).not.toBe(first);
    const good = await desk().transaction(({ em }) =>
      em.execute('select 1 from account_link where employee_id = ? and used_at is null', [body['id']]),
    );
    expect(good).toHaveLength(1);
  });

  test('departments to work for are for coordinators', async () => {
    const answer = await admin.post('/api/employees', { ...given(), departments: ['IT'] });
    expect(answer.body['details']).toEqual({ departments: ['is for coordinators only'] });
  });
});

describe('editing', () => {
  const edit = (id: number, body: object, by = admin) => by.send('PATCH', `/api/employees/${id}`, body);

  test('changes what is named and nothing else, and keeps no value of it in the audit', async () => {
    const { id } = await account();
    const changes = { last_name: 'Canary-Surname', middle_name: '', department: 'Finance', locale: 'de' };
    const answer = await edit(id, changes);
    expect(answer.body).toMatchObject({ name: 'employee Canary-Surname', department: { name: 'Finance' }, version: 2 });
    expect((await edit(id, { department: null })).body).toMatchObject({
      department: null,
      last_name: 'Canary-Surname',
    });
    const entries = await auditOf(desk(), id);
    expect(entries[0]).toMatchObject({
      ...{ action: 'employee.edited', actor: boss.id, data: { fields: ['last_name', 'department_id', 'locale'] } },
    });
    expect(JSON.stringify(entries)).not.toContain('Canary');
    expect((await edit(id, { locale: 'de' })).body).toMatchObject({ version: 3 }); // nothing changed
    expect(await actions(id)).toHaveLength(2);
  });

  test('what somebody else has changed meanwhile is refused', async () => {
    const { id } = await account();
    const edits = ['A', 'B', 'C', 'D'].map((first_name) => edit(id, { first_name, version: 1 }));
    const answers = await Promise.all(edits);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      ...{ code: 'version_conflict', details: { version: 2 } },
    });
  });

  test('by If-Match means the version that was read', async () => {
    const { id } = await account();
    const tag = (await admin.get(`/api/employees/${id}`)).headers.get('etag') ?? '';
    const change = (first_name: string) =>
      admin.send('PATCH', `/api/employees/${id}`, { first_name }, { 'if-match': tag });
    expect((await change('First')).status).toBe(200);
    expect(await change('Second')).toMatchObject({ status: 409, body: { code: 'version_conflict' } });
    expect((await read(id)).firstName).toBe('First');
  });

  test('V23: addresses, roles and disabling need a sign-in of the last quarter of an hour', async () => {
    const { id, email } = await account();
    ahead = 16 * 60_000;
    for (const body of [{ email: `x${email}` }, { role: 'admin' }, { status: 'disabled' }])
      expect(await edit(id, body)).toMatchObject({ status: 403, body: { code: 'reauthentication_required' } });
    expect((await edit(id, { first_name: 'Later' })).status).toBe(200);
    ahead = 0;
    expect(await read(id)).toMatchObject({ email, role: 'employee', status: 'approved', firstName: 'Later' });
  });

  test('an address: the old one is told, the new one is asked, links to the old one end', async () => {
    const { id, email } = await waiting();
    await admin.post(`/api/employees/${id}/approve`);
    await deliver();
    const address = `new-${email}`;
    const answer = await edit(id, { email: address.toUpperCase() });
    expect(answer.body).toMatchObject({ email: address, address_confirmed: false });
    expect(await deliver()).toEqual([`email-changed → ${email}`, `confirm-email → ${address}`]);
    expect((await mailTo(email)).text).toContain(`to ${address}`);
    const token = await tokenFor(address);
    expect(await client(desk().url).post('/api/register/confirm', { token })).toMatchObject({ status: 200 });
    expect((await read(id)).emailConfirmedAt).toBeInstanceOf(Date);
    expect(await signIn(address)).toMatchObject({ status: 200 });
  });

  test('an address of somebody who was invited: the invitation goes to the new one', async () => {
    const { body } = await admin.post('/api/employees', {
      ...{ first_name: 'Typo', last_name: 'Typo', email: `typo-${++people}@maravia.example` },
    });
    await deliver();
    const address = `right-${people}@maravia.example`;
    await edit(body['id'] as number, { email: address });
    expect((await deliver()).filter((mail) => !mail.startsWith('email-changed'))).toEqual([`invitation → ${address}`]);
  });

  test('an address that somebody else has is refused', async () => {
    const [one, other] = [await account(), await account()];
    expect(await edit(one.id, { email: other.email })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await read(one.id)).email).toBe(one.email);
  });

  test('T29, V21: disabling ends every token, session, key and link at once, and enabling brings none back', async () => {
    const { id, email } = await account('coordinator');
    const first = await signIn(email);
    const theirs = client(desk().url, first.body['access'] as string);
    expect((await theirs.get('/api/tickets')).status).toBe(200);
    expect((await edit(id, { status: 'disabled' })).body).toMatchObject({ status: 'disabled', moves: ['enable'] });
    const refresh = () => client(desk().url).post('/api/token/refresh', { refresh: first.body['refresh'] });
    expect((await theirs.get('/api/tickets')).status).toBe(401);
    expect((await refresh()).status).toBe(401);
    expect((await signIn(email)).status).toBe(401);
    await edit(id, { status: 'approved' });
    expect((await theirs.get('/api/tickets')).status).toBe(401);
    expect((await refresh()).status).toBe(401);
    expect((await signIn(email)).status).toBe(200);
    expect(await actions(id)).toEqual(['employee.disabled', 'employee.enabled']);
  });

  test('V21: a new role needs a new sign-in', async () => {
    const { id, email } = await account();
    const theirs = await signedIn(email);
    expect((await edit(id, { role: 'coordinator', departments: ['IT'] })).body).toMatchObject({
      departments: [{ name: 'IT' }],
    });
    expect((await theirs.get('/api/tickets')).status).toBe(401);
    expect((await (await signedIn(email)).get('/api/employees')).status).toBe(200);
    expect((await edit(id, { role: 'employee' })).body).toMatchObject({ role: 'employee', departments: [] });
    const moves = (await auditOf(desk(), id)).filter(({ action }) => action.startsWith('employee.'));
    expect(moves.map(({ action, data }) => [action, data['after']])).toEqual([
      ['employee.role_changed', { role: 'coordinator', status: 'approved' }],
      ['employee.role_changed', { role: 'employee', status: 'approved' }],
    ]);
  });

  test('nobody takes their own rights, and the attempt is audited', async () => {
    for (const body of [{ role: 'employee' }, { status: 'disabled' }])
      expect(await edit(boss.id, body)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await edit(boss.id, { role: 'admin', suffix: 'PhD' })).toMatchObject({ status: 200 });
    expect(await read(boss.id)).toMatchObject({ role: 'admin', status: 'approved' });
    admin = await signedIn(boss.email);
    const refused = (await auditOf(desk(), null)).filter(
      ({ action, actor, data }) => action === 'request.refused' && actor === boss.id && data['code'] === 'forbidden',
    );
    expect(refused.map(({ data }) => data)).toEqual(Array(2).fill({ route: 'editEmployee', code: 'forbidden' }));
  });

  test('of admins who demote each other at once one is left', async () => {
    await desk().transaction(({ em }) =>
      em.execute(`update employee set role = 'employee' where role = 'admin' and id <> ?`, [boss.id]),
    );
    for (let round = 0; round < 5; round++) {
      const pair = [boss, await account('admin')];
      const clients = await Promise.all(pair.map(({ email }) => signedIn(email)));
      const answers = await Promise.all(clients.map((each, at) => edit(pair[1 - at]!.id, { role: 'employee' }, each)));
      expect(answers.map(({ status }) => status)).toContain(200);
      const left = await desk().transaction(({ em }) =>
        em.execute<{ id: string }[]>(`select id from employee where role = 'admin' and status = 'approved'`),
      );
      expect(left).toHaveLength(1);
      boss = await read(Number(left[0]!.id));
    }
    admin = await signedIn(boss.email);
  });
});

test('V21: signing somebody out ends their sessions at once', async () => {
  const { id, email } = await account();
  const theirs = await Promise.all([signedIn(email), signedIn(email)]);
  expect(await admin.post(`/api/employees/${id}/sign-out`)).toMatchObject({ status: 200, body: { sessions: 2 } });
  for (const each of theirs) expect((await each.get('/api/tickets')).status).toBe(401);
  expect((await signIn(email)).status).toBe(200);
  expect(await auditOf(desk(), id)).toContainEqual(
    expect.objectContaining({ action: 'employee.signed_out', data: { sessions: 2 } }),
  );
});

describe('the list', () => {
  interface Page {
    count: number;
    counts?: Record<string, number>;
    next: string | null;
    previous: string | null;
    results: (Record<string, unknown> & { id: number; email: string })[];
  }
  const list = async (query = '', by = admin) => (await by.get(`/api/employees${query}`)).body as unknown as Page;

  test('filters by status, role, department and words, and counts who waits and who was rejected', async () => {
    const before = (await list()).counts!;
    const [one, other] = [await waiting(), await waiting()];
    await admin.post(`/api/employees/${other.id}/reject`, { reason: 'No.' });
    const page = await list('?status=pending&limit=100');
    expect(page.counts).toMatchObject({ pending: before['pending']! + 1, rejected: before['rejected']! + 1 });
    expect(page.results[0]).toMatchObject({ id: one.id, status: 'pending', address_confirmed: true, ticket_count: 0 });
    expect(page.count).toBe(page.counts!['pending']);
    expect(new Set(page.results.map(({ status }) => status))).toEqual(new Set(['pending']));

    const found = async (query: string) => (await list(query)).results.map(({ id }) => id);
    expect(await found(`?q=${one.email.slice(0, 12)}`)).toEqual([one.id]);
    expect(await found(`?q=${encodeURIComponent('YUSUF dem')}&status=rejected`)).toContain(other.id);
    expect(await found(`?q=${one.companyId}`)).toEqual([one.id]);
    expect(await found('?q=%25')).toEqual([]);
    expect(await found('?q=_')).toEqual([]);
    await admin.send('PATCH', `/api/employees/${one.id}`, { department: 'Facilities' });
    expect(await found('?department=facilities')).toEqual([one.id]);
    expect(await found('?department=4&role=employee')).toEqual([one.id]);
    expect(await found('?department=4&role=admin')).toEqual([]);
  });

  test('has pages that follow each other without a gap, forwards and back', async () => {
    const all = (await list('?limit=100')).results.map(({ id }) => id);
    const forwards: number[][] = [];
    let page = await list('?limit=3');
    for (forwards.push(ids(page)); page.next; forwards.push(ids(page))) page = await next(page.next);
    expect(forwards.flat()).toEqual(all);
    const back = [ids(page)];
    for (; page.previous; back.unshift(ids(page))) page = await next(page.previous);
    expect(back).toEqual(forwards);
  });
  const ids = ({ results }: Page) => results.map(({ id }) => id);
  const next = async (path: string) => (await admin.get(path)).body as unknown as Page;

  test('V24: shows a coordinator who somebody is, and nothing of the account', async () => {
    const coordinator = await signedIn((await account('coordinator')).email);
    const person = await account();
    const hidden = await waiting();
    const page = await list('?limit=100', coordinator);
    expect(page).not.toHaveProperty('counts');
    const known = [
      'department',
      'email',
      'first_name',
      'id',
      'last_name',
      'middle_name',
      'name',
      'picture',
      'role',
      'suffix',
    ];
    for (const each of page.results) expect(Object.keys(each).toSorted()).toEqual(known);
    expect(page.results.map(({ id }) => id)).not.toContain(hidden.id);
    const one = await coordinator.get(`/api/employees/${person.id}`);
    expect(Object.keys(one.body).toSorted()).toEqual(known);
    expect((await coordinator.get(`/api/employees/${hidden.id}`)).status).toBe(404);
    expect((await coordinator.get('/api/employees?status=rejected')).status).toBe(403);
    expect((await list(`?q=${person.companyId}`, coordinator)).results).toEqual([]);
  });

  test('T15: an employee reads nobody, staff who is no admin changes nobody, a stranger gets in nowhere', async () => {
    const { id } = await waiting();
    const [employee, coordinator] = [
      await signedIn((await account()).email),
      await signedIn((await account('coordinator')).email),
    ];
    const calls: [string, string, object?][] = [
      ['GET', '/api/employees'],
      ['GET', `/api/employees/${id}`],
      ['POST', '/api/employees', { first_name: 'A', last_name: 'B', email: 'ab@maravia.example' }],
      ['PATCH', `/api/employees/${id}`, { role: 'admin' }],
      ['POST', `/api/employees/${id}/approve`, {}],
      ['POST', `/api/employees/${id}/reject`, { reason: 'No.' }],
      ['POST', `/api/employees/${id}/invite`, {}],
      ['POST', `/api/employees/${id}/sign-out`, {}],
    ];
    for (const [method, path, body] of calls) {
      expect((await employee.send(method, path, body)).status, `${method} ${path}`).toBe(403);
      if (method !== 'GET') expect((await coordinator.send(method, path, body)).status).toBe(403);
      expect((await client(desk().url).send(method, path, body)).status).toBe(401);
      const nobody = path.replace(String(id), '999999');
      if (nobody !== path) expect((await admin.send(method, nobody, body)).status).toBe(404);
    }
    expect((await read(id)).status).toBe('pending');
  });

  test('M44: shows an admin the mails about an account that failed, and why', async () => {
    const email = `mailer-daemon@maravia-${++people}.example`;
    const { body } = await admin.post('/api/employees', { first_name: 'A', last_name: 'Robot', email });
    await deliver();
    const { mails } = (await admin.get(`/api/employees/${body['id'] as number}`)).body;
    expect(mails).toMatchObject([
      { template: 'invitation', recipient: email, state: 'suppressed', reason: 'No person reads this address' },
    ]);
  });
});
