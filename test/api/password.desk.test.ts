import { beforeEach, describe, expect, test } from 'vitest';
import { Employee } from '../../src/people/employee.ts';
import type { Transaction } from '../../src/db/transaction.ts';
import { sweep } from '../../src/mail/sweep.ts';
import { useLink } from '../../src/people/account-link.ts';
import { auditRows } from '../support/audit.ts';
import { client, type Answer } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';
import { linksOf, noticesOf, sendAskedLinks } from '../support/links.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
beforeEach(() => {
  ahead = 0;
});

const MINUTE = 60_000;
const NEW = 'another horse battery';

let people = 0;
const account = () => desk().account('employee', `person-${++people}@desk.example`);
const post = (path: string, body: unknown): Promise<Answer> => client(desk().url).post(path, body);
const signIn = (email: string, password = PASSWORD) => post('/api/token/employee', { email, password });
const as = (answer: Answer) => client(desk().url, String(answer.body['access']));
const find = (id: number) => desk().transaction((tx) => tx.em.findOneOrFail(Employee, id));

async function forget({ id, email }: Employee): Promise<string> {
  expect(await post('/api/password/forgot', { email })).toMatchObject({ status: 200, body: {} });
  await sendAskedLinks(desk());
  return (await linksOf(desk(), id, 'reset-password'))[0] ?? '';
}
const reset = (token: unknown, password = NEW) => post('/api/password/reset', { token, password });

describe('a change of the password', () => {
  test('asks for the one that there is, takes a good new one, and tells the person by mail', async () => {
    const { id, email } = await account();
    const mine = await signIn(email);
    expect(await as(mine).post('/api/password', { current: PASSWORD, new: NEW })).toMatchObject({
      status: 200,
      body: {},
    });
    expect((await signIn(email)).status).toBe(401);
    expect((await signIn(email, NEW)).status).toBe(200);
    expect(await noticesOf(desk(), id)).toEqual([{ template: 'password-changed', to: email }]);
    const { passwordChangedAt } = await find(id);
    expect(Math.abs(Number(passwordChangedAt) - Date.now())).toBeLessThan(MINUTE);
    expect((await auditRows(desk(), 'password.changed')).at(-1)).toMatchObject({
      actor_id: String(id),
      subject_id: String(id),
    });
    expect(JSON.stringify(await auditRows(desk()))).not.toContain('battery');
  });

  test('by who does not know it is refused and written down, and changes nothing', async () => {
    const { id, email } = await account();
    const mine = await signIn(email);
    const change = (body: object) => as(mine).post('/api/password', body);
    expect(await change({ current: 'wrong', new: NEW })).toMatchObject({
      status: 403,
      body: { code: 'wrong_password' },
    });
    expect(await change({ new: NEW })).toMatchObject({
      status: 400,
      body: { details: { current: [expect.any(String)] } },
    });
    expect(await change({ current: `${PASSWORD} `, new: NEW })).toMatchObject({ status: 403 });
    expect((await signIn(email)).status).toBe(200);
    expect(await noticesOf(desk(), id)).toEqual([]);
    expect((await auditRows(desk(), 'request.refused')).at(-1)).toMatchObject({
      outcome: 'refused',
      actor_id: String(id),
      data: { route: 'changePassword', code: 'wrong_password' },
    });
  });

  test.each(['short', PASSWORD, 'unbelievable', 'person.desk.example', 'aaaaaaaaaaaaaaaa', 'x7#kQ9!vLp2z\ud800'])(
    'V16: to %j is refused, names its field, and changes nothing',
    async (password) => {
      const { email } = await account();
      const mine = await signIn(email);
      expect(await as(mine).post('/api/password', { current: PASSWORD, new: password })).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', details: { new: [expect.any(String)] } },
      });
      expect((await signIn(email)).status).toBe(200);
    },
  );

  test.each([
    '  spaces at both ends  ',
    'ÅNGSTRÖM orbit lantern',
    'A\u030aNGSTRO\u0308M orbit lantern',
    '🔑'.repeat(40) + 'orbit lantern',
  ])('V16: the exact bytes of %j count, whatever else looks the same', async (password) => {
    const { email } = await account();
    const mine = await signIn(email);
    expect((await as(mine).post('/api/password', { current: PASSWORD, new: password })).status).toBe(200);
    expect((await signIn(email, password)).status).toBe(200);
    const alike = [password.trim(), password.normalize('NFC'), password.normalize('NFD'), password.toLowerCase()];
    for (const other of alike.filter((one) => one !== password)) expect((await signIn(email, other)).status).toBe(401);
  });

  test('V23: a first password of who has none is theirs to set while the sign-in is recent', async () => {
    const { id, email } = await account();
    const mine = await signIn(email);
    await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { passwordHash: null }));
    ahead = 16 * MINUTE;
    expect(await as(mine).post('/api/password', { new: NEW })).toMatchObject({
      status: 403,
      body: { code: 'reauthentication_required' },
    });
    ahead = 10 * MINUTE;
    expect((await as(mine).post('/api/password', { new: NEW })).status).toBe(200);
    expect((await signIn(email, NEW)).status).toBe(200);
  });

  test('ends the links that were on their way, which might set another or take the account elsewhere', async () => {
    const person = await account();
    const token = await forget(person);
    const mine = await signIn(person.email);
    await as(mine).post('/api/profile/email', { email: 'thief@desk.example' });
    const [change] = await linksOf(desk(), person.id, 'change-email');
    await as(mine).post('/api/password', { current: PASSWORD, new: NEW });
    expect((await reset(token, 'yet another horse')).status).toBe(410);
    expect((await post('/api/profile/email/confirm', { token: change })).status).toBe(410);
  });
});

describe('T06, V19: a forgotten password', () => {
  test('T06, V19: is chosen anew by the link of a mail: once, and the sessions that there are end', async () => {
    const person = await account();
    const before = await signIn(person.email);
    const token = await forget(person);
    expect(await noticesOf(desk(), person.id)).toEqual([{ template: 'reset-password', to: person.email }]);
    expect(await reset(token)).toMatchObject({ status: 200, body: { status: 'approved' } });
    expect(await reset(token, 'yet another horse')).toMatchObject({ status: 410, body: { code: 'gone' } });
    expect((await as(before).get('/api/tickets')).status).toBe(401);
    expect((await signIn(person.email)).status).toBe(401);
    expect((await signIn(person.email, NEW)).status).toBe(200);
    expect((await noticesOf(desk(), person.id)).map(({ template }) => template)).toEqual([
      'reset-password',
      'password-changed',
    ]);
    const [sent, done] = await auditRows(desk(), 'link.sent', 'password.reset').then((all) => all.slice(-2));
    expect([sent, done]).toMatchObject([
      { actor_id: null, subject_id: String(person.id), data: { purpose: 'reset-password' } },
      { actor_id: String(person.id), subject_id: String(person.id), data: { sessions_ended: 1 } },
    ]);
  });

  test('V19: the link opens no session: whatever else is asked at a sign-in is asked after it too', async () => {
    const answer = await reset(await forget(await account()));
    expect(answer.body).toEqual({ status: 'approved' });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('T06: is good for an hour', async () => {
    const [late, early] = [await account(), await account()];
    const tokens = [await forget(late), await forget(early)];
    ahead = 61 * MINUTE;
    expect((await reset(tokens[0])).status).toBe(410);
    ahead = 58 * MINUTE;
    expect((await reset(tokens[1])).status).toBe(200);
  });

  test('T06: twice at once is once', async () => {
    const token = await forget(await account());
    const statuses = (await Promise.all([reset(token), reset(token), reset(token)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 410, 410]);
  });

  test.each(['', '   ', 'x', 'A'.repeat(43), '../../etc/passwd', "' or 1=1"])('T06: %j is no link', async (token) => {
    expect(await reset(token)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('T06: a link is good for what it was sent for only', async () => {
    const person = await account();
    const token = await forget(person);
    expect((await post('/api/token/link', { token })).status).toBe(404);
    expect((await post('/api/profile/email/confirm', { token })).status).toBe(404);
    await expect(desk().transaction((tx) => useLink(tx, 'confirm-email', token))).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await reset(token)).status).toBe(200);
  });

  test('T06: the token is not in the database, nor what was mailed', async () => {
    const person = await account();
    const token = await forget(person);
    const rows = await desk().transaction(async (tx) =>
      JSON.stringify([
        await tx.em.execute('select * from account_link'),
        await tx.em.execute('select * from account_notice'),
        await tx.em.execute('select * from audit_entry'),
        await tx.em.execute('select * from link_request'),
        await tx.em.execute('select name, data from pgboss.job'),
      ]),
    );
    expect(rows).not.toContain(token);
    expect(rows).not.toContain(person.email);
  });

  test('a new password that is refused leaves the link as good as it was', async () => {
    const token = await forget(await account());
    expect(await reset(token, 'short')).toMatchObject({
      status: 400,
      body: { details: { password: [expect.any(String)] } },
    });
    expect((await reset(token)).status).toBe(200);
  });

  test.each(['pending', 'rejected', 'disabled'] as const)(
    'of an account that is %s is sent no link',
    async (status) => {
      const { id, email } = await account();
      await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status }));
      expect((await post('/api/password/forgot', { email })).status).toBe(200);
      await sendAskedLinks(desk());
      expect(await linksOf(desk(), id, 'reset-password')).toEqual([]);
      expect(await noticesOf(desk(), id)).toEqual([]);
    },
  );

  test('of an account that was disabled since is not chosen any more', async () => {
    const person = await account();
    const token = await forget(person);
    await desk().transaction((tx) => tx.em.nativeUpdate(Employee, person.id, { status: 'disabled' }));
    expect((await reset(token)).status).toBe(410);
    expect((await find(person.id)).passwordHash).toBe(person.passwordHash);
  });
});

test('M53: links that were asked for are sent once, by whichever worker, and a lost job is found again', async () => {
  const { id, email } = await account();
  await post('/api/password/forgot', { email });
  const wiped = async (turn: (tx: Transaction) => Promise<void>) => {
    await desk().transaction(async (tx) => void (await tx.em.execute(`delete from pgboss.job`)));
    await desk().transaction(turn);
    return desk().transaction((tx) => tx.em.execute(`select data from pgboss.job where name = 'send-links'`));
  };
  expect(await wiped((tx) => sweep(tx))).toEqual([]);
  expect(await wiped((tx) => sweep(tx, 0))).toEqual([{ data: { ids: [expect.any(Number)] } }]);
  await Promise.all([sendAskedLinks(desk()), sendAskedLinks(desk())]);
  expect(await wiped((tx) => sweep(tx, 0))).toEqual([]);
  expect(await linksOf(desk(), id, 'reset-password')).toHaveLength(1);
});
