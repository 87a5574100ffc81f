import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeGivenMailboxes } from '../../../src/mail/mailboxes/make-given-mailboxes.ts';
import { newActor, type Actor } from '../../support/actors.ts';
import { useDesk } from '../../support/desk.ts';

const PERSONNEL = {
  name: 'Personnel',
  address: 'personnel@maravia.example',
  aliases: ['hr@maravia.example'],
  source: { kind: 'imap', host: 'mail.maravia.example', user: 'personnel', password: 'seven red barges' },
  default_category: 'Access',
};
const HOUSE = { name: 'House', address: 'house@maravia.example', source: { kind: 'drop' } };

const desk = useDesk({ web: true, env: { MAILBOXES: JSON.stringify([PERSONNEL, HOUSE]) } });
let admin: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
});

interface Shown {
  id: number;
  name: string;
  version: number;
  address: string;
}
const listed = async () => (await admin.get('/api/mailboxes')).body['results'] as Shown[];
const startAgain = (text: string) => makeGivenMailboxes(desk().transaction, text, desk().secrets.sealing);

test('the mailboxes that the environment lists are made at the first start; one that is read from a server waits to be switched on', async () => {
  const shown = await listed();
  expect(shown.map(({ address }) => address).toSorted()).toEqual([
    'house@maravia.example',
    'personnel@maravia.example',
    'support@localhost',
  ]);
  expect(shown.find(({ name }) => name === 'Personnel')).toMatchObject({
    ...{ aliases: ['hr@maravia.example'], enabled: false, history: 'quiet', secrets: ['password'] },
    ...{ default_category: { name: 'Access' }, source: { kind: 'imap', host: 'mail.maravia.example' } },
  });
  expect(shown.find(({ name }) => name === 'House')).toMatchObject({ enabled: true });
  expect(JSON.stringify(shown)).not.toContain('barges');
  const { results } = (await admin.get('/api/audit?action=mailbox.created')).body as { results: object[] };
  expect(results).toMatchObject([{ actor: null }, { actor: null }]);
});

test('a later start makes what is new, by two processes at once, and leaves what an admin has changed', async () => {
  const house = (await listed()).find(({ name }) => name === 'House');
  const change = { name: 'Building', version: house?.version };
  expect((await admin.send('PATCH', `/api/mailboxes/${house?.id}`, change)).status).toBe(200);
  const dir = await mkdtemp(join(tmpdir(), 'smartsupport-given-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const file = join(dir, 'mailboxes.json');
  await writeFile(
    file,
    JSON.stringify([PERSONNEL, HOUSE, { ...HOUSE, name: 'Fleet', address: 'fleet@maravia.example' }]),
  );
  await Promise.all([startAgain(file), startAgain(file)]);
  const names = (await listed()).map(({ name }) => name);
  expect(names).toHaveLength(4);
  expect(names).toEqual(expect.arrayContaining(['Building', 'Fleet', 'Personnel']));
});

const NEW = { ...PERSONNEL, address: 'new@maravia.example', aliases: [] };
test.each<[string, string, string]>([
  ['no JSON', `[{"password": "seven red barges"`, 'must be a JSON array of mailboxes, or the file of one'],
  ['no such file', '/nowhere/mailboxes.json', 'cannot be read'],
  ['a field that is not there', JSON.stringify([{ ...NEW, nme: 'x' }]), 'nme'],
  ['a wrong address', JSON.stringify([{ ...NEW, address: 'new' }]), '0.address'],
  ['a category that is not there', JSON.stringify([HOUSE, { ...NEW, default_category: 'Ships' }]), 'default_category'],
  ['an address of another one', JSON.stringify([{ ...NEW, aliases: ['house@maravia.example'] }]), 'aliases'],
])('%s is refused in one line without a secret, and none is made', async (_, text, says) => {
  const before = await listed();
  const refusal = await startAgain(text).then(
    () => '',
    (error: Error) => `${error.name}: ${error.message}`,
  );
  expect(refusal).toMatch(/^UsageError: MAILBOXES [^\n]+$/);
  expect(refusal).toContain(says);
  expect(refusal).not.toContain('barges');
  expect(await listed()).toEqual(before);
});
