import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { Employee } from '../../src/people/employee.ts';
import { auditRows } from '../support/audit.ts';
import { client, type Answer, type Client } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';
import { linksOf, noticesOf, sendAskedLinks } from '../support/links.ts';
import { picture } from '../support/pictures.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
beforeEach(() => {
  ahead = 0;
});

let people = 0;
async function person(role: 'employee' | 'coordinator' = 'employee') {
  const made = await desk().account(role, `${role}-${++people}@desk.example`);
  return { ...made, me: await signedIn(made.email) };
}
const post = (path: string, body: unknown): Promise<Answer> => client(desk().url).post(path, body);
async function signedIn(email: string): Promise<Client> {
  const { body } = await post('/api/token/employee', { email, password: PASSWORD });
  return client(desk().url, String(body['access']));
}
const find = (id: number) => desk().transaction((tx) => tx.em.findOneOrFail(Employee, id));

let ana: Awaited<ReturnType<typeof person>>;
beforeAll(async () => {
  ana = await person();
});
const patch = (body: object, me = ana.me) => me.send('PATCH', '/api/profile', body);

describe('a profile', () => {
  test('is what the desk knows of a person, and nothing secret', async () => {
    const { status, body } = await ana.me.get('/api/profile');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ id: ana.id, email: ana.email, role: 'employee', company_id: ana.companyId, has_password: true },
      ...{ first_name: 'employee', last_name: 'Example', department: null, locale: 'en', picture: null },
      preferences: {
        ...{ mail_receipts: true, mail_status_changes: true, mail_new_comments: true },
        ...{
          mail_new_tickets: true,
          mail_assignments: true,
          mail_mentions: true,
          mail_watched: true,
          mail_digest: true,
        },
      },
    });
    expect(JSON.stringify(body)).not.toMatch(/argon2|hash/i);
  });

  test('is changed field by field, what is left out stays', async () => {
    const changed = await patch({
      first_name: ' Ana ',
      middle_name: 'María',
      suffix: 'PhD',
      department: 'finance',
      locale: 'de',
      signature: 'Ana\nRoom 4',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        first_name: 'Ana',
        middle_name: 'María',
        last_name: 'Example',
        suffix: 'PhD',
        department: { name: 'Finance' },
        locale: 'de',
        signature: 'Ana\nRoom 4',
      },
    });
    expect((await patch({ signature: 'x'.repeat(501) })).status).toBe(400);
    const { id } = changed.body['department'] as { id: number };
    expect((await patch({ department: null, middle_name: '' })).body).toMatchObject({
      department: null,
      middle_name: '',
    });
    expect((await patch({ department: id, preferences: { mail_receipts: false } })).body).toMatchObject({
      department: { name: 'Finance' },
      preferences: { mail_receipts: false, mail_status_changes: true },
    });
    expect((await patch({ preferences: { mail_status_changes: false } })).body).toMatchObject({
      preferences: { mail_receipts: false, mail_status_changes: false, mail_new_comments: true },
    });
    expect((await ana.me.get('/api/profile')).body).toMatchObject({ first_name: 'Ana', suffix: 'PhD' });
    const entries = (await auditRows(desk(), 'profile.changed')).filter(({ actor_id }) => actor_id === String(ana.id));
    expect(entries[0]).toMatchObject({
      data: { fields: ['first_name', 'middle_name', 'suffix', 'department', 'locale', 'signature'] },
    });
    expect(JSON.stringify(entries)).not.toMatch(/María|PhD/);
  });

  test.each<[field: string, body: object]>([
    ['role', { role: 'admin' }],
    ['status', { status: 'approved' }],
    ['email', { email: 'x@desk.example' }],
    ['id', { id: 1 }],
    ['company_id', { company_id: 'MA9999' }],
    ['created_at', { created_at: '2020-01-01T00:00:00Z' }],
    ['version', { version: 9 }],
    ['first_name', { first_name: '' }],
    ['first_name', { first_name: 'Ana\r\nBcc: evil@example.com' }],
    ['last_name', { last_name: 'x'.repeat(101) }],
    ['first_name', { first_name: null }],
    ['locale', { locale: 'fr' }],
    ['department', { department: 'Nowhere' }],
    ['department', { department: 999_999 }],
    ['department', { department: 1.5 }],
    ['mail_everything', { preferences: { mail_everything: false } }],
    ['preferences.mail_receipts', { preferences: { mail_receipts: 'no' } }],
  ])('T16: is not changed by what is wrong or not a person’s own: %s in %j', async (field, body) => {
    const before = await find(ana.id);
    const answer = await patch({ suffix: 'changed', ...body });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', details: { [field]: [expect.any(String)] } },
    });
    expect(await find(ana.id)).toEqual(before);
  });

  test('is not for machines, nor for who is not signed in', async () => {
    expect((await client(desk().url).get('/api/profile')).status).toBe(401);
    expect((await client(desk().url).send('PATCH', '/api/profile', { first_name: 'x' })).status).toBe(401);
  });
});

test('mails that a person has switched off are kept back with that reason; answers always come', async () => {
  const [asking, helping] = [await person(), await person('coordinator')];
  await patch({ preferences: { mail_receipts: false, mail_status_changes: false } }, asking.me);
  const { body: ticket } = await asking.me.post('/api/tickets', { subject: 'Quiet', description: 'Please.' });
  const act = (path: string, body: object) => helping.me.post(`/api/tickets/${ticket['id']}${path}`, body);
  await act('/transitions', { name: 'approve', priority: 'low', category: 'Other' });
  await act('/comments', { body: 'An answer.' });
  await desk().transaction(async (tx) => {
    const events = await tx.em.execute<{ id: string }[]>(`select id from ticket_event where ticket_id = ?`, [
      ticket['id'],
    ]);
    await notifyEvents(
      tx,
      events.map(({ id }) => Number(id)),
      desk().jobs.notify,
    );
  });
  const rows = await desk().transaction((tx) =>
    tx.em.execute(
      `select template, state, reason from outbound_message where ticket_id = ? and recipient = ? order by id`,
      [ticket['id'], asking.email],
    ),
  );
  const off = { state: 'suppressed', reason: 'Switched off by the reader' };
  expect(rows).toEqual([
    { template: 'ticket-received', ...off },
    { template: 'status-changed', ...off },
    { template: 'public-reply', state: 'pending', reason: null },
  ]);
});

const png = await picture(20, 10);
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const gif = Buffer.from('R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=', 'base64');
const exe = Buffer.from('MZ\u0090\u0000 this program cannot be run', 'latin1');
/** 164 KB that would be 168 MB of pixels. */
const bomb = await sharp({ create: { width: 8000, height: 7000, channels: 3, background: '#000' } })
  .png()
  .toBuffer();

describe('a picture', () => {
  const put = async (bytes: Buffer, type = 'image/png', me = ana.me): Promise<Answer> => {
    const response = await me.raw('/api/profile/picture', {
      method: 'PUT',
      headers: { 'content-type': type },
      body: bytes,
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
  };
  const download = (me: Client, id = ana.id) => me.raw(`/api/employees/${id}/picture`);

  test('is made anew from its pixels: at most 1024×1024, upright, without what else the file told', async () => {
    const turned = await sharp(await picture(1600, 800, 'jpeg'))
      .withExif({ IFD0: { Copyright: 'SECRET-PLACE' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(turned.includes('SECRET-PLACE')).toBe(true);
    const answer = await put(turned, 'image/jpeg');
    expect(answer).toMatchObject({ status: 200, body: { picture: `/api/employees/${ana.id}/picture` } });
    const bytes = Buffer.from(await (await download(ana.me)).arrayBuffer());
    const { format, width, height, exif, orientation } = await sharp(bytes).metadata();
    expect({ format, width, height, exif, orientation }).toEqual({
      format: 'jpeg',
      width: 512,
      height: 1024,
      exif: undefined,
      orientation: undefined,
    });
    expect(bytes.includes('SECRET-PLACE')).toBe(false);
  });

  test('that is small stays small, and what is appended to it goes', async () => {
    await put(Buffer.concat([await picture(20, 10), Buffer.from('<script>alert(1)</script>')]));
    const bytes = Buffer.from(await (await download(ana.me)).arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 20, height: 10 });
    expect(bytes.includes('script')).toBe(false);
  });

  test('V11: is served like an attachment: nothing in it runs or is guessed', async () => {
    await put(await picture(20, 10));
    const { headers } = await download(ana.me);
    expect(Object.fromEntries(headers)).toMatchObject({
      ...{ 'content-type': 'image/jpeg', 'content-disposition': 'inline; filename=picture.jpg' },
      ...{ 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store' },
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  test.each<[about: string, bytes: Buffer, type: string, status: number]>([
    ['SVG', svg, 'image/svg+xml', 415],
    ['SVG that says it is PNG', svg, 'image/png', 400],
    ['GIF that says it is PNG', gif, 'image/png', 400],
    ['a program that says it is PNG', exe, 'image/png', 400],
    ['a program behind the first bytes of a PNG', Buffer.concat([png.subarray(0, 8), exe]), 'image/png', 400],
    ['half a PNG', png.subarray(0, png.length >> 1), 'image/png', 400],
    ['nothing', Buffer.alloc(0), 'image/png', 400],
    ['a decompression bomb', bomb, 'image/png', 400],
    ['a file of more than 2 MB', Buffer.concat([png, Buffer.alloc(2 * 1024 * 1024)]), 'image/png', 413],
    ['JSON', Buffer.from('{}'), 'application/json', 415],
  ])('V13: %s is refused and changes nothing', async (_, bytes, type, status) => {
    const before = (await find(ana.id)).pictureSha256;
    const answer = await put(bytes, type);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body).toMatchObject({ details: { picture: [expect.any(String)] } });
    expect((await find(ana.id)).pictureSha256).toBe(before);
  });

  test('of exactly 2 MB is taken, and JPEG under the name of PNG is what it is', async () => {
    const jpeg = await picture(20, 10, 'jpeg');
    expect((await put(Buffer.concat([jpeg, Buffer.alloc(2 * 1024 * 1024 - jpeg.length)]))).status).toBe(200);
  });

  test('T14: is seen by the person and by staff; of staff by everybody; of others by nobody else', async () => {
    const [other, staff] = [await person(), await person('coordinator')];
    await put(png);
    await put(png, 'image/png', staff.me);
    const seen = async (me: Client, id: number) => (await download(me, id)).status;
    expect([await seen(ana.me, ana.id), await seen(staff.me, ana.id), await seen(other.me, ana.id)]).toEqual([
      200, 200, 404,
    ]);
    expect([await seen(ana.me, staff.id), await seen(staff.me, other.id), await seen(ana.me, 999_999)]).toEqual([
      200, 404, 404,
    ]);
    expect((await client(desk().url).get(`/api/employees/${ana.id}/picture`)).status).toBe(401);
  });

  test('is gone when it is removed', async () => {
    await put(png);
    expect(await ana.me.send('DELETE', '/api/profile/picture')).toMatchObject({ status: 200, body: { picture: null } });
    expect((await download(ana.me)).status).toBe(404);
  });
});

describe('another address', () => {
  const ask = (me: Client, email: unknown) => me.post('/api/profile/email', { email });
  const confirm = (token: unknown) => post('/api/profile/email/confirm', { token });

  test('counts once the link that was sent to it is opened; the old one hears of it, and opens nothing any more', async () => {
    const { id, email, me } = await person();
    expect(await ask(me, ' New-Address@Desk.example ')).toMatchObject({ status: 200, body: {} });
    expect(await noticesOf(desk(), id)).toEqual([{ template: 'confirm-email', to: 'new-address@desk.example' }]);
    expect((await find(id)).email).toBe(email);
    const [token] = await linksOf(desk(), id, 'change-email');
    await post('/api/password/forgot', { email });
    await sendAskedLinks(desk());
    expect((await confirm(token)).status).toBe(200);
    const [toTheOldOne] = await linksOf(desk(), id, 'reset-password');
    expect((await post('/api/password/reset', { token: toTheOldOne, password: 'another horse battery' })).status).toBe(
      410,
    );
    expect(await confirm(token)).toMatchObject({ status: 410 });
    expect(await find(id)).toMatchObject({ email: 'new-address@desk.example', emailConfirmedAt: expect.any(Date) });
    expect((await noticesOf(desk(), id)).at(-1)).toEqual({ template: 'email-changed', to: email });
    expect((await post('/api/token/employee', { email, password: PASSWORD })).status).toBe(401);
    expect((await post('/api/token/employee', { email: 'new-address@desk.example', password: PASSWORD })).status).toBe(
      200,
    );
    expect(JSON.stringify(await auditRows(desk(), 'email.change_asked', 'email.changed'))).not.toContain(
      'desk.example',
    );
  });

  test('that somebody has is not told to who asks, and not given to who confirms', async () => {
    const [mine, taken] = [await person(), await person()];
    expect(await ask(mine.me, taken.email)).toMatchObject({ status: 200, body: {} });
    const [token] = await linksOf(desk(), mine.id, 'change-email');
    expect(await confirm(token)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await find(mine.id)).email).toBe(mine.email);
    expect((await find(taken.id)).email).toBe(taken.email);
  });

  test('is asked for one at a time, for an hour, while the account is open', async () => {
    const { id, me } = await person();
    await ask(me, 'first@desk.example');
    await ask(me, 'second@desk.example');
    const [second, first] = await linksOf(desk(), id, 'change-email');
    expect((await confirm(first)).status).toBe(410);
    ahead = 61 * 60_000;
    expect((await confirm(second)).status).toBe(410);
    ahead = 0;
    await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status: 'disabled' }));
    expect((await confirm(second)).status).toBe(410);
    for (const none of ['', '  ', 'A'.repeat(43)]) expect((await confirm(none)).status).toBe(404);
  });

  test.each([
    '',
    'nobody',
    'a@b@desk.example',
    'a b@desk.example',
    'a@desk.example\r\nBcc: b@desk.example',
    'a\u0000@desk.example',
    `${'x'.repeat(250)}@desk.example`,
    'Ana <a@desk.example>',
  ])('T17: %j is no address', async (email) => {
    expect(await ask(ana.me, email)).toMatchObject({ status: 400, body: { details: { email: [expect.any(String)] } } });
  });

  test('is one of the organisation where the settings say so, and another one than before', async () => {
    await desk().transaction(async (tx) => {
      for (const [key, value] of Object.entries({ registration: 'domains', registration_domains: ['desk.example'] }))
        await tx.em.execute('insert into setting (key, value, updated_at) values (?, ?::jsonb, ?)', [
          key,
          JSON.stringify(value),
          tx.now,
        ]);
    });
    const { email, me } = await person();
    for (const wrong of ['x@elsewhere.example', email]) expect(await ask(me, wrong)).toMatchObject({ status: 400 });
    expect((await ask(me, 'allowed@desk.example')).status).toBe(200);
  });
});
