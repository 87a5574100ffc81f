import { describe, expect, test } from 'vitest';
import { Employee } from '../../src/people/employee.ts';
import { accountMails } from '../support/account-mails.ts';
import { auditOf } from '../support/audit.ts';
import { client, type Answer } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';
import { picture } from '../support/pictures.ts';
import { setSettings } from '../support/settings.ts';
import { useStatements } from '../support/statements.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
const statements = useStatements();
const earnest = useDesk({ web: true, env: { RATE_LIMIT_FACTOR: '1' } });
const { deliver, mailTo, tokenFor } = accountMails(desk);

let people = 0;
const form = (given: object = {}) => ({
  ...{ first_name: 'Lena', last_name: 'Hoffmann', password: PASSWORD },
  email: `lena-${++people}@maravia.example`,
  ...given,
});
const post = (path: string, body: unknown): Promise<Answer> => client(desk().url).post(path, body);
const register = (given: object = {}) => post('/api/register', form(given));
const confirm = (token: string) => post('/api/register/confirm', { token });
const find = (email: string) => desk().transaction(({ em }) => em.findOne(Employee, { email }));
const get = async (email: string) => (await find(email))!;
const signIn = async (email: string) => (await post('/api/token/employee', { email, password: PASSWORD })).status;

/** Somebody who has registered, and confirmed the address when asked to. */
async function registered({ confirmed = false } = {}): Promise<Employee> {
  const given = form();
  await post('/api/register', given);
  await deliver();
  if (confirmed) await confirm(await tokenFor(given.email));
  return get(given.email);
}

const set = (id: number, status: Employee['status']) =>
  desk().transaction(({ em }) => em.execute('update employee set status = ? where id = ?', [status, id]));

describe('registering', () => {
  test('makes a pending account with a company ID, a mail that asks the address, and no way in', async () => {
    const given = form({ middle_name: 'Maria', suffix: 'Jr.', department: 'finance', locale: 'de' });
    const answer = await post('/api/register', { ...given, email: ` ${given.email.toUpperCase()} ` });
    expect(answer).toMatchObject({ status: 201, body: { status: 'pending' } });
    expect(Object.keys(answer.body)).toEqual(['status']);
    const person = await get(given.email);
    expect(person).toMatchObject({
      ...{ firstName: 'Lena', middleName: 'Maria', lastName: 'Hoffmann', suffix: 'Jr.', role: 'employee' },
      ...{ status: 'pending', locale: 'de', departmentId: 3, emailConfirmedAt: null },
      companyId: expect.stringMatching(/^MA\d{4}$/),
    });
    expect(await deliver()).toEqual([`registration-pending → ${given.email}`]);
    expect((await mailTo(given.email)).subject).toBe('Bestätigen Sie Ihre Adresse für SmartSupport');
    expect(await auditOf(desk(), person.id)).toEqual([
      { action: 'employee.registered', outcome: 'done', actor: null, subject: person.id, data: { before: 'contact' } },
    ]);
    expect(await signIn(given.email)).toBe(401);
  });

  test('gives company IDs in a row, also to 6 at once', async () => {
    const forms = Array.from({ length: 6 }, () => form());
    expect((await Promise.all(forms.map((each) => post('/api/register', each)))).map(({ status }) => status)).toEqual(
      Array(6).fill(201),
    );
    const ids = await Promise.all(forms.map(async ({ email }) => Number((await get(email)).companyId?.slice(2))));
    const sorted = ids.toSorted((a, b) => a - b);
    expect(sorted.at(-1)! - sorted[0]!).toBe(5);
  });

  test('8 times at once with one address is one account and one company ID', async () => {
    const given = form();
    const last = async () => Number((await registered()).companyId?.slice(2));
    const before = await last();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('/api/register', given)));
    for (const { status, body } of answers) expect([status, body]).toEqual([201, { status: 'pending' }]);
    expect((await last()) - before).toBe(2);
  });

  test.each<[string, object, string]>([
    ['no first name', { first_name: ' ' }, 'first_name'],
    ['no last name', { last_name: undefined }, 'last_name'],
    ['a name of two lines', { last_name: 'a\r\nBcc: evil@maravia.example' }, 'last_name'],
    ['a name of 101 characters', { middle_name: 'x'.repeat(101) }, 'middle_name'],
    ['no address', { email: 'lena' }, 'email'],
    ['two addresses', { email: 'a@maravia.example,b@maravia.example' }, 'email'],
    ['an address of two lines', { email: 'a@maravia.example\r\nBcc: b@maravia.example' }, 'email'],
    ['a short password', { password: 'short words' }, 'password'],
    ['a password that leaked', { password: 'passwordpassword' }, 'password'],
    ['a name for a password', { password: 'Lena Hoffmann 1' }, 'password'],
    ['a picture that is no file', { picture: 'me.png' }, 'picture'],
    ['an unknown department', { department: 'Nowhere' }, 'department'],
    ['an unknown language', { locale: 'xx' }, 'locale'],
    ['T16: a role', { role: 'admin' }, 'role'],
    ['T16: a status', { status: 'approved' }, 'status'],
    ['T16: a company ID', { company_id: 'MA0001' }, 'company_id'],
  ])('with %s says what is wrong and keeps nothing', async (_, wrong, field) => {
    const given = form(wrong);
    const answer = await post('/api/register', given);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(Object.keys(answer.body['details'] as object)).toEqual([field]);
    expect(await find(given.email)).toBeNull();
  });

  describe('by a form with a picture', () => {
    const send = async (bytes: Buffer, given = form(), field = 'picture') => {
      const data = new FormData();
      for (const [name, value] of Object.entries(given)) data.set(name, value as string);
      data.set(field, new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'me.png');
      return { given, answer: await client(desk().url).send('POST', '/api/register', data) };
    };

    test('keeps it, made anew', async () => {
      const { given, answer } = await send(await picture(1500, 900));
      expect(answer).toMatchObject({ status: 201, body: { status: 'pending' } });
      const { pictureSha256 } = await get(given.email);
      expect((await desk().blobs.read(pictureSha256 ?? '')).subarray(0, 3)).toEqual(Buffer.from('ffd8ff', 'hex'));
    });

    test.each<[string, () => Promise<Buffer>, string, number]>([
      ['no picture', async () => Buffer.from('<svg onload=alert(1)>'), 'picture', 400],
      ['more than 2 MB', async () => Buffer.alloc(2 * 1024 * 1024 + 1), 'picture', 413],
      ['a file in another field', () => picture(9, 9), 'attachments', 400],
    ])('refuses %s, and keeps nothing', async (_, bytes, field, status) => {
      const { given, answer } = await send(await bytes(), form(), field);
      expect(answer.status).toBe(status);
      expect(Object.keys(answer.body['details'] as object)).toEqual([field]);
      expect(await find(given.email)).toBeNull();
    });
  });

  test('T32: costs as many statements for an address that is known as for one that is not', async () => {
    const known = await registered();
    const count = async (given: object) => {
      statements.take();
      expect((await register(given)).status).toBe(201);
      return statements.take().length;
    };
    const unknown = await count({});
    expect(Math.abs((await count({ email: known.email })) - unknown)).toBeLessThanOrEqual(1);
  });

  test('T32: the fourth time within an hour is too often for one address', async () => {
    const ask = () => client(earnest().url).post('/api/register', form({ email: 'often@maravia.example' }));
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([201, 201, 201]);
    expect((await ask()).status).toBe(429);
  });

  test.each(['contact', 'pending', 'approved', 'rejected', 'disabled'] as const)(
    'T32: an address that is %s gets the answer of an unknown one',
    async (status) => {
      const unknown = await register();
      const known = await registered();
      await set(known.id, status);
      const answer = await register({ email: known.email });
      const shown = ({ status, body, headers }: Answer) => ({ status, body, headers: [...headers.keys()] });
      expect(shown(answer)).toEqual(shown(unknown));
    },
  );

  test('of an address that has an account changes nothing, and tells only the mailbox', async () => {
    const known = await registered({ confirmed: true });
    await set(known.id, 'approved');
    await register({ email: known.email, first_name: 'Eve', password: 'another good password' });
    expect(await deliver()).toEqual([`registration-known → ${known.email}`]);
    expect(await tokenFor(known.email)).toBe('');
    expect((await mailTo(known.email)).text).not.toContain('Eve');
    expect(await signIn(known.email)).toBe(200);
    expect((await auditOf(desk(), known.id)).at(-1)).toMatchObject({
      ...{ action: 'employee.registered', outcome: 'refused', data: { reason: 'known' } },
    });
  });

  test('twice before the address was confirmed ends the first link, and leaves no password that a stranger may have chosen', async () => {
    const person = await registered();
    const first = await tokenFor(person.email);
    await register({ email: person.email, password: 'the password of a stranger' });
    expect(await deliver()).toEqual([`registration-known → ${person.email}`]);
    expect((await confirm(first)).status).toBe(410);
    expect((await confirm(await tokenFor(person.email))).status).toBe(200);
    expect(await get(person.email)).toMatchObject({ status: 'pending', passwordHash: null });
  });

  test('as somebody who only ever mailed keeps the tickets', async () => {
    const { email } = form();
    const mail = `From: ${email}\r\nTo: support@localhost\r\nSubject: Printer\r\nMessage-ID: <kept@maravia.example>\r\n\r\nIt jams.\r\n`;
    await desk().receive(mail);
    const contact = await get(email);
    expect(contact.status).toBe('contact');
    await register({ email });
    await deliver();
    await confirm(await tokenFor(email));
    expect(await get(email)).toMatchObject({ id: contact.id, status: 'pending' });
    await set(contact.id, 'approved');
    const { body } = await post('/api/token/employee', { email, password: PASSWORD });
    const { results } = (await client(desk().url, body['access'] as string).get('/api/tickets')).body;
    expect(results).toMatchObject([{ subject: 'Printer' }]);
  });

  test('again after a rejection is possible, keeps the company ID, and must be confirmed anew', async () => {
    const person = await registered({ confirmed: true });
    await set(person.id, 'rejected');
    await register({ email: person.email, first_name: 'Magdalena' });
    const again = await get(person.email);
    expect(again).toMatchObject({ id: person.id, companyId: person.companyId, status: 'pending' });
    expect(again).toMatchObject({ firstName: 'Magdalena', emailConfirmedAt: null });
    expect(await deliver()).toEqual([`registration-pending → ${person.email}`]);
    const entries = await auditOf(desk(), person.id);
    expect(entries.filter(({ action }) => action === 'employee.registered').map(({ data }) => data)).toEqual([
      { before: 'contact' },
      { before: 'rejected' },
    ]);
  });
});

describe('the settings', () => {
  test('say what the form asks for', async () => {
    await setSettings(desk(), { registration: 'domains', registration_domains: ['maravia.example'] });
    const answer = await client(desk().url).get('/api/register');
    expect(answer.body).toMatchObject({ registration: 'domains', domains: ['maravia.example'] });
    expect(answer.body['departments']).toContainEqual({ id: 1, name: 'IT' });
    await setSettings(desk(), { registration: 'open' });
  });

  test('may let in the addresses of some domains only', async () => {
    await setSettings(desk(), {
      registration: 'domains',
      registration_domains: ['maravia.example', 'partner.example'],
    });
    expect((await register()).status).toBe(201);
    for (const email of ['a@maravia.example.evil.example', 'a@sub.maravia.example', 'a@notmaravia.example']) {
      const answer = await register({ email });
      expect(answer.status).toBe(400);
      expect(answer.body['details']).toEqual({ email: ['Use your address at maravia.example or partner.example'] });
      expect(await find(email)).toBeNull();
    }
    expect((await auditOf(desk(), null)).at(-1)).toMatchObject({ outcome: 'refused', data: { reason: 'foreign' } });
    await setSettings(desk(), { registration: 'open' });
  });

  test('may let in nobody', async () => {
    await setSettings(desk(), { registration: 'closed' });
    const given = form();
    expect(await post('/api/register', given)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await find(given.email)).toBeNull();
    expect((await auditOf(desk(), null)).at(-1)).toMatchObject({ outcome: 'refused', data: { reason: 'closed' } });
    await setSettings(desk(), { registration: 'open' });
  });
});

describe('the link that confirms an address', () => {
  test('T06: works once; used it is gone, expired it is gone, empty or made up it never was', async () => {
    const person = await registered();
    const token = await tokenFor(person.email);
    expect(await confirm(token)).toMatchObject({ status: 200, body: { status: 'pending' } });
    expect((await get(person.email)).emailConfirmedAt).toBeInstanceOf(Date);
    expect(await confirm(token)).toMatchObject({ status: 410, body: { code: 'gone' } });
    for (const none of ['', '   ', 'x', 'x'.repeat(43)]) expect((await confirm(none)).status).toBe(404);

    const late = await registered();
    ahead = 72 * 3600_000 + 1000;
    expect((await confirm(await tokenFor(late.email))).status).toBe(410);
    expect((await get(late.email)).emailConfirmedAt).toBeNull();
    ahead = 0;
  });

  test('used by 10 at once works for one', async () => {
    const token = await tokenFor((await registered()).email);
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array<number>(9).fill(410)]);
  });
});
