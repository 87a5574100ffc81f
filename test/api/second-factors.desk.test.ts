import { beforeEach, expect, test } from 'vitest';
import { linkToken, makeLink, type LinkPurpose } from '../../src/people/account-link.ts';
import { Employee } from '../../src/people/employee.ts';
import { client, type Client } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';
import { askedFor, auditOf, codeAt, enrolApp, giveFactor, givePassword, noticesOf } from '../support/factors.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const now = () => new Date(Date.now() + ahead);
const desk = useDesk({ web: true, clock: now });
beforeEach(() => {
  ahead = 0;
});

const MINUTE = 60_000;
/** The app shows another code. */
const nextCode = () => void (ahead += 30_000);

let people = 0;
interface Enrolled {
  id: number;
  email: string;
  as: Client;
  secret: string;
  recoveryCodes: string[];
}
/** A person with an authenticator app, whose next code was not used yet. */
async function enrolled(role: 'employee' | 'admin' = 'employee'): Promise<Enrolled> {
  const { id, email } = await desk().account(role, `factors-${++people}@desk.example`);
  const as = client(desk().url, await desk().signIn(email));
  const app = await enrolApp(as, now);
  nextCode();
  return { id, email, as, ...app };
}
const code = ({ secret }: Enrolled) => ({ code: codeAt(secret, now()) });
const works = async (access: unknown) => (await client(desk().url, String(access)).get('/api/tickets')).status === 200;

test('after the password an account with an authenticator app is asked for its code, and only then gets a session', async () => {
  const person = await enrolled();
  const first = await givePassword(desk(), person.email);
  expect(first).toMatchObject({ status: 401, body: { code: 'second_factor_required' } });
  expect(first.body['details']).toEqual({
    challenge: expect.stringMatching(/^[\w-]{43}$/),
    methods: ['totp', 'recovery_code'],
  });
  expect(JSON.stringify(first.body)).not.toContain('access');
  const { challenge } = first.body['details'] as { challenge: string };
  const second = await giveFactor(desk(), challenge, code(person));
  expect(second).toMatchObject({
    status: 200,
    body: { id: person.id, email: person.email, enrolment_required: false },
  });
  expect(await works(second.body['access'])).toBe(true);
});

test('the portal gets its refresh token as a cookie after the second factor, as it does without one', async () => {
  const person = await enrolled();
  const challenge = await askedFor(desk(), person.email);
  const body = { challenge, ...code(person) };
  const { headers, ...answer } = await client(desk().url).send('POST', '/api/token/second-factor', body, {
    'x-client': 'portal',
  });
  expect(answer.body['refresh']).toBeNull();
  expect(headers.get('set-cookie')).toMatch(/^__Host-refresh=.+; HttpOnly; Secure; SameSite=Strict$/);
});

test('V20: a code is good once, at the enrolment and at every sign-in; of two at once one is refused', async () => {
  const person = await enrolled();
  const used = code(person);
  expect((await giveFactor(desk(), await askedFor(desk(), person.email), used)).status).toBe(200);
  const replay = await giveFactor(desk(), await askedFor(desk(), person.email), used);
  expect(replay).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });

  nextCode();
  const questions = [await askedFor(desk(), person.email), await askedFor(desk(), person.email)];
  const answers = await Promise.all(questions.map((challenge) => giveFactor(desk(), challenge, code(person))));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
});

test('V20: the code that confirmed the app does not sign in as well', async () => {
  const { email } = await desk().account('employee', 'once@desk.example');
  const as = client(desk().url, await desk().signIn(email));
  const { secret } = (await as.post('/api/second-factors/totp')).body as { secret: string };
  const code = codeAt(secret, now());
  expect((await as.post('/api/second-factors/totp/confirm', { code })).status).toBe(200);
  expect((await giveFactor(desk(), await askedFor(desk(), email), { code })).status).toBe(401);
});

test('T33: the secret of an app is sealed, and in the row of somebody else it does not open', async () => {
  const [one, other] = [await enrolled(), await enrolled()];
  const secrets = await desk().transaction((tx) =>
    tx.em.execute<{ employee_id: string; secret: string }[]>('select employee_id, secret from totp'),
  );
  const dump = JSON.stringify(secrets);
  for (const { secret } of [one, other]) expect(dump).not.toContain(secret);

  await desk().transaction((tx) =>
    tx.em.execute(
      `update totp t set secret = o.secret from totp o where t.employee_id in (?, ?) and o.employee_id in (?, ?) and o.employee_id <> t.employee_id`,
      [one.id, other.id, one.id, other.id],
    ),
  );
  for (const [person, app] of [
    [one, one],
    [one, other],
    [other, one],
  ] as const) {
    const answer = await giveFactor(desk(), await askedFor(desk(), person.email), code(app));
    expect(answer.body).not.toHaveProperty('access');
    expect(answer.status).toBe(500);
  }
});

test('an app counts once its code was given, and a new secret replaces one that was not confirmed', async () => {
  const { email } = await desk().account('employee', 'unsure@desk.example');
  const as = client(desk().url, await desk().signIn(email));
  const forgotten = String((await as.post('/api/second-factors/totp')).body['secret']);
  expect((await givePassword(desk(), email)).status).toBe(200);
  const { secret } = (await as.post('/api/second-factors/totp')).body as { secret: string };
  const wrong = await as.post('/api/second-factors/totp/confirm', { code: codeAt(forgotten, now()) });
  expect(wrong).toMatchObject({ status: 400, body: { details: { code: [expect.any(String)] } } });
  expect((await as.post('/api/second-factors/totp/confirm', { code: codeAt(secret, now()) })).status).toBe(200);
  expect(await as.post('/api/second-factors/totp')).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

test('ten recovery codes are shown once, kept as hashes, and each opens the account once, which its owner is told', async () => {
  const person = await enrolled();
  expect(new Set(person.recoveryCodes).size).toBe(10);
  for (const text of person.recoveryCodes) expect(text).toMatch(/^([a-z2-9]{4}-){5}[a-z2-9]{4}$/);
  const kept = await desk().transaction((tx) => tx.em.execute('select * from recovery_code'));
  for (const text of person.recoveryCodes) expect(JSON.stringify(kept)).not.toContain(text.replaceAll('-', ''));
  for (const text of person.recoveryCodes) expect(JSON.stringify(kept)).not.toContain(text);

  const [first = '', second = ''] = person.recoveryCodes;
  const use = async (text: string) =>
    (await giveFactor(desk(), await askedFor(desk(), person.email), { recovery_code: text })).status;
  expect(await use(first)).toBe(200);
  expect(await use(first)).toBe(401);
  expect(await use(` ${second.toUpperCase().replaceAll('-', ' ')}`)).toBe(200);
  expect((await person.as.get('/api/second-factors')).body).toMatchObject({ recovery_codes_left: 8 });
  expect(await noticesOf(desk(), person.id)).toEqual(['totp-added', 'recovery-code-used', 'recovery-code-used']);

  const { status, body } = await person.as.post('/api/second-factors/recovery-codes');
  expect([status, (body['recovery_codes'] as string[]).length]).toEqual([201, 10]);
  expect(await use(person.recoveryCodes[2] ?? '')).toBe(401);
  expect(await use((body['recovery_codes'] as string[])[0] ?? '')).toBe(200);
});

test('the recovery code of somebody else opens nothing', async () => {
  const [one, other] = [await enrolled(), await enrolled()];
  const challenge = await askedFor(desk(), one.email);
  expect((await giveFactor(desk(), challenge, { recovery_code: other.recoveryCodes[0] })).status).toBe(401);
  const theirs = await giveFactor(desk(), await askedFor(desk(), other.email), {
    recovery_code: other.recoveryCodes[0],
  });
  expect(theirs.status).toBe(200);
});

test('ten wrong codes within an hour are enough, however many are given at once; then nothing but a wait helps', async () => {
  const person = await enrolled();
  const wrong = ({ code: right }: { code: string }) => ({
    code: String((Number(right) + 1) % 1_000_000).padStart(6, '0'),
  });
  const questions: string[] = [];
  while (questions.length < 13) questions.push(await askedFor(desk(), person.email));
  const guesses = await Promise.all(questions.map((question) => giveFactor(desk(), question, wrong(code(person)))));
  const statuses = guesses.map(({ status }) => status);
  expect([401, 429].map((expected) => statuses.filter((status) => status === expected).length)).toEqual([10, 3]);
  const right = await giveFactor(desk(), await askedFor(desk(), person.email), code(person));
  expect(right).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  expect(right.headers.get('retry-after')).toBe('3600');
  ahead += 61 * MINUTE;
  expect((await giveFactor(desk(), await askedFor(desk(), person.email), code(person))).status).toBe(200);
});

test('a wrong code is in the audit log as refused, with who and how', async () => {
  const person = await enrolled();
  await giveFactor(desk(), await askedFor(desk(), person.email), { recovery_code: 'aaaa' });
  expect((await auditOf(desk(), person.id)).at(-1)).toEqual({
    action: 'second_factor.wrong',
    outcome: 'refused',
    actor_id: String(person.id),
    data: { method: 'recovery_code' },
  });
});

test('the question is open for five minutes, is answered once, and ends when the account changes', async () => {
  const person = await enrolled();
  const unknown = 'A'.repeat(43);
  expect(await giveFactor(desk(), unknown, code(person))).toMatchObject({ status: 410, body: { code: 'gone' } });

  const answered = await askedFor(desk(), person.email);
  expect((await giveFactor(desk(), answered, code(person))).status).toBe(200);
  nextCode();
  expect((await giveFactor(desk(), answered, code(person))).status).toBe(410);

  const late = await askedFor(desk(), person.email);
  ahead += 5 * MINUTE;
  expect((await giveFactor(desk(), late, code(person))).status).toBe(410);

  const changed = await askedFor(desk(), person.email);
  await desk().transaction((tx) => tx.em.nativeUpdate(Employee, person.id, { version: 2 }));
  expect((await giveFactor(desk(), changed, code(person))).status).toBe(410);

  const disabled = await askedFor(desk(), person.email);
  await desk().transaction((tx) => tx.em.nativeUpdate(Employee, person.id, { status: 'disabled' }));
  expect((await giveFactor(desk(), disabled, code(person))).status).toBe(410);
});

test('the database alone does not hold what answers a question: tokens are kept as hashes', async () => {
  const person = await enrolled();
  const challenge = await askedFor(desk(), person.email);
  const kept = JSON.stringify(await desk().transaction((tx) => tx.em.execute('select * from challenge')));
  expect(kept).toContain('second-factor');
  expect(kept).not.toContain(challenge);
});

test.each([
  ['no answer', {}],
  ['two answers', { code: '123456', recovery_code: 'abcd' }],
  ['five digits', { code: '12345' }],
  ['letters', { code: 'abcdef' }],
  ['an unknown field', { code: '123456', trusted: true }],
  ['a challenge that is none', { challenge: 'x', code: '123456' }],
])('a second factor with %s is a wrong request, and is not counted as a guess', async (_, answer) => {
  const person = await enrolled();
  const challenge = await askedFor(desk(), person.email);
  expect(await giveFactor(desk(), challenge, answer)).toMatchObject({
    status: 400,
    body: { code: 'validation_failed' },
  });
  expect((await giveFactor(desk(), challenge, code(person))).status).toBe(200);
});

test('without the app and the codes the password alone signs in again, and both changes were told by mail', async () => {
  const person = await enrolled();
  expect((await person.as.send('DELETE', '/api/second-factors/totp')).status).toBe(200);
  expect(await noticesOf(desk(), person.id)).toEqual(['totp-added', 'totp-removed']);
  expect((await givePassword(desk(), person.email)).status).toBe(200);
  expect((await person.as.get('/api/second-factors')).body).toEqual({
    ...{ required: false, totp_since: null, passkeys: [], recovery_codes_left: 0 },
  });
  expect((await person.as.send('DELETE', '/api/second-factors/totp')).status).toBe(404);
  expect((await person.as.post('/api/second-factors/recovery-codes')).status).toBe(409);
});

test('an admin resets the factors of a person: they are signed out, told by mail, and sign in with the password', async () => {
  const person = await enrolled();
  const { id: adminId, email } = await desk().account('admin', 'resetting@desk.example');
  const admin = client(desk().url, await desk().signIn(email));
  const path = `/api/employees/${person.id}/second-factors`;

  expect((await person.as.send('DELETE', path)).status).toBe(403);
  expect((await admin.send('DELETE', '/api/employees/999999/second-factors')).status).toBe(404);
  expect((await admin.send('DELETE', `/api/employees/${adminId}/second-factors`)).status).toBe(409);
  expect((await admin.send('DELETE', path)).status).toBe(200);

  expect((await person.as.get('/api/tickets')).status).toBe(401);
  expect((await givePassword(desk(), person.email)).status).toBe(200);
  expect(await noticesOf(desk(), person.id)).toEqual(['totp-added', 'factors-reset']);
  expect((await auditOf(desk(), person.id)).at(-1)).toMatchObject({
    action: 'second_factor.factors-reset',
    outcome: 'done',
    actor_id: String(adminId),
  });
});

/** The token of a link as the mail has it. */
async function linkFor(employeeId: number, purpose: LinkPurpose): Promise<string> {
  return desk().transaction(async (tx) => {
    const id = await makeLink(tx, desk().secrets.links, { employeeId, purpose });
    const [row] = await tx.em.execute<{ nonce: string }[]>('select nonce from account_link where id = ?', [id]);
    return linkToken(desk().secrets.links, row!.nonce);
  });
}

test('V19: neither a link to sign in nor a new password by mail goes round the second factor', async () => {
  const person = await enrolled();
  const byLink = await client(desk().url).post('/api/token/link', { token: await linkFor(person.id, 'sign-in') });
  expect(byLink).toMatchObject({ status: 401, body: { code: 'second_factor_required' } });
  const { challenge } = byLink.body['details'] as { challenge: string };
  expect((await giveFactor(desk(), challenge, code(person))).status).toBe(200);

  const password = 'quite another horse battery';
  const token = await linkFor(person.id, 'reset-password');
  expect((await client(desk().url).post('/api/password/reset', { token, password })).status).toBe(200);
  const again = await client(desk().url).post('/api/token/employee', { email: person.email, password });
  expect(again).toMatchObject({ status: 401, body: { code: 'second_factor_required' } });
});

test('V23: where there is a second factor, an old sign-in is confirmed by the password and by it, and by nothing less', async () => {
  const person = await enrolled();
  ahead += 16 * MINUTE;
  const confirm = (given: object) => person.as.post('/api/token/confirm', given);
  const remove = () => person.as.send('DELETE', '/api/second-factors/totp');
  const wrong = { status: 403, body: { code: 'wrong_factor' } };
  expect(await remove()).toMatchObject({ status: 403, body: { code: 'reauthentication_required' } });

  expect(await confirm({ password: PASSWORD })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  expect(await confirm(code(person))).toMatchObject({ status: 400, body: { details: { password: ['is needed'] } } });
  expect(await confirm({ password: 'wrong', ...code(person) })).toMatchObject({ body: { code: 'wrong_password' } });
  expect(await confirm({ password: PASSWORD, recovery_code: 'none' })).toMatchObject(wrong);
  expect(await confirm({ password: PASSWORD, ...code(person), recovery_code: 'two' })).toMatchObject({ status: 400 });
  const changed = await person.as.post('/api/password', { current: PASSWORD, new: 'quite another horse battery' });
  expect(changed.status).toBe(200);
  expect((await remove()).status).toBe(403);

  const password = 'quite another horse battery';
  const used = code(person);
  expect((await confirm({ password, ...used })).status).toBe(200);
  ahead += 16 * MINUTE;
  expect(await confirm({ password, ...used })).toMatchObject(wrong);
  expect((await confirm({ password, recovery_code: person.recoveryCodes[0] })).status).toBe(200);
  expect((await remove()).status).toBe(200);
});

test('V23: an account without a password confirms by its second factor; with neither it has to sign in again', async () => {
  const person = await enrolled();
  await desk().transaction((tx) => tx.em.nativeUpdate(Employee, person.id, { passwordHash: null }));
  expect((await person.as.post('/api/token/confirm', code(person))).status).toBe(200);
  expect((await person.as.send('DELETE', '/api/second-factors/totp')).status).toBe(200);
  expect(await person.as.post('/api/token/confirm')).toMatchObject({ status: 403, body: { code: 'wrong_password' } });
});
