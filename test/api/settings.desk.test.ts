import { beforeAll, expect, test } from 'vitest';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
const production = useDesk({ web: true, env: { ORGANISATION: 'Maravia' } });

let admin: Client;
beforeAll(async () => {
  await desk().account('admin');
  admin = client(desk().url, await desk().signIn('admin@desk.example'));
});

type Shown = Record<string, { value: unknown; initial: unknown; source: string; reason: string | null }>;
interface Answer {
  version: number;
  settings: Shown;
}
const read = async (as = admin) => (await as.get('/api/settings')).body as unknown as Answer;
const change = async (changes: object, as = admin) =>
  as.send('PATCH', '/api/settings', { version: (await read(as)).version, ...changes });
const audited = () =>
  desk().transaction((tx) =>
    tx.em.execute<{ actor_id: string; data: Record<string, unknown> }[]>(
      `select actor_id, data from audit_entry where action = 'setting.changed' order by id`,
    ),
  );

test('every setting has its initial value until an admin sets it, and says where its value comes from', async () => {
  const { settings } = await read();
  expect(settings['auto_close_days']).toMatchObject({ value: 7, initial: 7, source: 'initial', reason: null });
  const answer = await change({ auto_close_days: 14, locale: 'de', registration_domains: ['Maravia.Example'] });
  expect(answer.status).toBe(200);
  const after = (answer.body as unknown as Answer).settings;
  expect(after['auto_close_days']).toMatchObject({ value: 14, initial: 7, source: 'admin', updated_by: 1 });
  expect(after['registration_domains']?.value).toEqual(['maravia.example']);
  expect(after).toEqual((await read()).settings);
});

test('null takes a setting back to its initial value', async () => {
  await change({ time_zone: 'Europe/Berlin' });
  expect((await read()).settings['time_zone']).toMatchObject({ value: 'Europe/Berlin', source: 'admin' });
  await change({ time_zone: null });
  expect((await read()).settings['time_zone']).toMatchObject({ value: 'UTC', source: 'initial' });
});

test('a change that names a version somebody has passed is refused and changes nothing', async () => {
  const { version } = await read();
  expect((await admin.send('PATCH', '/api/settings', { version, max_files: 5 })).status).toBe(200);
  const late = await admin.send('PATCH', '/api/settings', { version, max_files: 6 });
  expect(late).toMatchObject({ status: 409, body: { code: 'version_conflict', details: { version: version + 1 } } });
  expect((await read()).settings['max_files']?.value).toBe(5);
});

test('of twenty changes at once that name the same version one is made', async () => {
  const { version } = await read();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => admin.send('PATCH', '/api/settings', { version, retention_days: 100 + n })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(409)]);
  expect((await read()).version).toBe(version + 1);
});

test.each<[string, object, string]>([
  ['an unknown setting', { colour: 'red' }, 'colour'],
  ['a name of two lines', { organisation_name: 'Maravia\r\nBcc: evil@example.com' }, 'organisation_name'],
  ['no name', { organisation_name: ' ' }, 'organisation_name'],
  ['half a surrogate pair', { organisation_name: '\ud800' }, 'organisation_name'],
  ['a NUL', { organisation_address: 'a\0b' }, 'organisation_address'],
  ['a time zone that is none', { time_zone: 'Mars/Olympus' }, 'time_zone'],
  ['an offset as a time zone', { time_zone: '+01:00' }, 'time_zone'],
  ['a word where a number is due', { auto_close_days: '7' }, 'auto_close_days'],
  ['a number out of its bounds', { max_files: 0 }, 'max_files'],
  ['a domain that is none', { registration_domains: ['maravia'] }, 'registration_domains.0'],
  ['a content type that is none', { file_types: ['image/*', 'exe'] }, 'file_types.1'],
  ['a priority that is none', { default_priority: 'urgent' }, 'default_priority'],
  ['a name for a priority that is none', { priority_names: { urgent: 'Now' } }, 'urgent'],
  [
    'registration by domains without one',
    { registration: 'domains', registration_domains: [] },
    'registration_domains',
  ],
])('%s is refused at its field, and nothing else of the request is done', async (_, wrong, field) => {
  const before = await read();
  const answer = await change({ max_file_size: 1_000_000, ...wrong });
  expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  expect(Object.keys(answer.body['details'] as object)).toEqual([field]);
  expect(await read()).toEqual(before);
});

test('a change without a version is refused', async () => {
  expect((await admin.send('PATCH', '/api/settings', { max_files: 3 })).body['details']).toHaveProperty('version');
});

test('what the environment decides says so, and a change of it is refused with the reason', async () => {
  const { settings } = await read();
  expect(settings['support_address']).toMatchObject({ value: 'support@localhost', source: 'environment' });
  expect(settings['max_message_bytes']).toMatchObject({ value: 50_000_000, source: 'environment' });
  const answer = await change({ support_address: 'other@maravia.example', max_files: 4 });
  expect(answer).toMatchObject({
    status: 400,
    body: {
      details: { support_address: [expect.stringMatching(/^SUPPORT_ADDRESS in the environment .* decides this: /)] },
    },
  });
  expect((await read()).settings['max_files']?.value).not.toBe(4);
});

test('ORGANISATION wins over what an admin set, which counts again when the environment is silent', async () => {
  await production().account('admin');
  const there = client(production().url, await production().signIn('admin@desk.example'));
  const name = async () => (await read(there)).settings['organisation_name'];
  expect(await name()).toMatchObject({
    value: 'Maravia',
    source: 'environment',
    reason: expect.stringContaining('ORGANISATION'),
  });
  expect((await there.get('/api/desk')).body).toMatchObject({ name: 'Maravia' });
  expect(await change({ organisation_name: 'Elsewhere' }, there)).toMatchObject({
    status: 400,
    body: { details: { organisation_name: [expect.stringContaining('ORGANISATION')] } },
  });
  await production().transaction((tx) =>
    tx.em.execute(`update setting set environment = null where key = 'organisation_name'`),
  );
  expect((await change({ organisation_name: 'Elsewhere' }, there)).status).toBe(200);
  expect((await there.get('/api/desk')).body).toMatchObject({ name: 'Elsewhere' });
});

test('each key that changes is audited: plain values as they are, words as their hash; what stays the same is not', async () => {
  const known = (await audited()).length;
  await change({
    auto_close_days: 3,
    organisation_address: 'Canary Street 1',
    locale: (await read()).settings['locale']?.value,
  });
  const entries = (await audited()).slice(known);
  expect(entries.map(({ data }) => data['key']).sort()).toEqual(['auto_close_days', 'organisation_address']);
  expect(entries.find(({ data }) => data['key'] === 'auto_close_days')?.data).toMatchObject({ to: 3, reset: false });
  expect(entries.find(({ data }) => data['key'] === 'organisation_address')?.data['to']).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify(entries)).not.toContain('Canary');
});

test('settings are for admins, and changing them needs a recent sign-in', async () => {
  await desk().account('coordinator');
  const staff = client(desk().url, await desk().signIn('coordinator@desk.example'));
  expect((await staff.get('/api/settings')).status).toBe(403);
  expect((await staff.send('PATCH', '/api/settings', { version: 0 })).status).toBe(403);
  expect((await client(desk().url).get('/api/settings')).status).toBe(401);
  await desk().transaction((tx) =>
    tx.em.execute(`update session set authenticated_at = now() - interval '16 minutes' where employee_id = 1`),
  );
  expect(await change({ max_files: 9 })).toMatchObject({ status: 403, body: { code: 'reauthentication_required' } });
  expect((await read()).settings['max_files']?.value).not.toBe(9);
});
