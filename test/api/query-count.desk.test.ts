import { beforeAll, expect, test } from 'vitest';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Route } from '../../src/contract/route.ts';
import { storeCaught } from '../../src/mail/local/caught-mail.ts';
import { articleOn } from './samples/knowledge.ts';
import { webhookOn } from './samples/webhooks.ts';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { picture } from '../support/pictures.ts';
import { doTask } from '../support/tasks.ts';
import { useStatements } from '../support/statements.ts';

const desk = useDesk({ web: true });
const statements = useStatements();

/** Most statements of one GET request, begin, sign-in check and commit included. A new route needs a line here. */
const MOST: Record<string, number> = {
  desk: 3,
  openapi: 0,
  oidcProvider: 0,
  readFactors: 6,
  listIdentities: 4,
  options: 7,
  readSettings: 4,
  listDepartments: 4,
  listCategories: 4,
  readHealth: 4,
  readSystem: 7,
  listFailedJobs: 4,
  listMailboxes: 6,
  readMailbox: 6,
  listLedger: 5,
  readLedgerMessage: 6,
  downloadSource: 10,
  listStops: 4,
  listWebhooks: 4,
  listWebhookDeliveries: 5,
  listArticles: 4,
  suggestArticles: 5,
  readArticle: 4,
  readArticleTexts: 4,
  listTemplates: 4,
  readTemplate: 4,
  listAudit: 4,
  exportAudit: 10,
  listApiKeys: 4,
  listTickets: 5,
  countTickets: 4,
  reportVolume: 6,
  reportTimes: 6,
  reportBacklog: 5,
  reportReopens: 6,
  reportWorkload: 6,
  exportReport: 6,
  readTicket: 9,
  readVersions: 4,
  readDraft: 5,
  downloadAttachment: 5,
  readThumbnail: 5,
  listSessions: 4,
  readProfile: 4,
  readPicture: 4,
  readTask: 4,
  downloadTaskFile: 7,
  foreseeRetention: 13,
  registration: 4,
  listEmployees: 6,
  readEmployee: 5,
  listLocalMail: 4,
  readLocalMail: 4,
};
const GETS = (Object.keys(PATHS) as RouteName[]).filter(
  (name) => PATHS[name][0] === 'GET' && (ROUTES[name] as Route).status === 200,
);

const UNASSIGN = { type: 'assign', assignee: null };

let staff: Client;
/** One ticket with one comment that has a file, and one mail in the catcher. */
let ids: Partial<Record<RouteName, number>>;
beforeAll(async () => {
  await desk().account('admin');
  staff = client(desk().url, await desk().signIn('admin@desk.example'));
  const ticket = (await comment(await open('The first one'))).body;
  const [file] = ticket['attachments'] as { id: number }[];
  await catchMail();
  const { id: task } = (await staff.post('/api/tickets/bulk', { ids: [await first()], action: UNASSIGN })).body[
    'task'
  ] as { id: number };
  const { id: exported } = (await staff.post('/api/tickets/export')).body['task'] as { id: number };
  await doTask(desk(), exported);
  const type = { 'content-type': 'image/png' };
  const put = await staff.raw('/api/profile/picture', { method: 'PUT', headers: type, body: await picture(9, 9) });
  const { id } = (await put.json()) as { id: number };
  const { id: message } = await desk().receive(mail('Subject: The first mail'));
  ids = {
    readTicket: await first(),
    readVersions: await first(),
    readDraft: await first(),
    editComment: Number(ticket['id']),
    downloadAttachment: file?.id ?? 0,
    readThumbnail: await thumbnailed(),
    readLocalMail: 1,
    readPicture: id,
    readEmployee: id,
    readTask: task,
    downloadTaskFile: exported,
    readLedgerMessage: message,
    downloadSource: message,
    readMailbox: desk().mailbox.id,
    readArticle: await articleOn({ desk: desk() }),
    readArticleTexts: await articleOn({ desk: desk() }),
    listWebhookDeliveries: (await webhookOn({ desk: desk() })).id,
  };
});

async function open(subject: string): Promise<number> {
  return (await staff.post('/api/tickets', { subject, description: 'Words.' })).body['id'] as number;
}

function comment(ticketId: number, visibility = 'public') {
  const form = new FormData();
  form.set('body', 'More words.');
  form.set('visibility', visibility);
  form.append('attachments', new Blob(['file'], { type: 'text/plain' }), 'a.txt');
  return staff.send('POST', `/api/tickets/${ticketId}/comments`, form);
}

async function thumbnailed(): Promise<number> {
  const form = new FormData();
  form.set('body', 'A picture.');
  form.append('attachments', new File([new Uint8Array(await picture(9, 9))], 'a.png', { type: 'image/png' }));
  const { body } = await staff.send('POST', `/api/tickets/${await first()}/comments`, form);
  return (body['attachments'] as { id: number }[])[0]?.id ?? 0;
}

async function first(): Promise<number> {
  const { results } = (await staff.get('/api/tickets')).body as { results: { id: number }[] };
  return results.at(-1)?.id ?? 0;
}

const catchMail = () =>
  desk().transaction((tx) =>
    storeCaught(tx.em, { from: '', to: ['ana@maravia.example'], raw: Buffer.from('Subject: x\n\n'), parsed: null }),
  );

/** The same words each time, so that further deliveries are of the same message. */
const mail = (subject: string) =>
  `From: ana@maravia.example\nMessage-ID: <same@maravia.example>\n${subject}\n\nWords.\n`;

async function count(name: RouteName): Promise<number> {
  statements.take();
  const queries: Record<string, string> = { exportReport: '?report=volume', suggestArticles: '?q=thirty%20sample' };
  const query = queries[name] ?? '';
  const path = PATHS[name][1].replace(':comment', String(ids.editComment)).replace(':template/:locale', 'rejected/en');
  const response = await staff.raw(path.replace(':id', String(ids[name])) + query);
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  return statements.take().length;
}

async function countAll(): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const name of GETS) counted[name] = await count(name);
  return counted;
}

test('the counter sees what the ORM sends', async () => {
  statements.take();
  await desk().transaction((tx) => tx.em.execute('select 42 as answer'));
  expect(statements.take()).toEqual([
    expect.stringMatching(/^begin/i),
    'select 42 as answer',
    expect.stringMatching(/^commit/i),
  ]);
});

test('every GET route has its bound, and keeps it', async () => {
  expect(Object.keys(MOST).sort()).toEqual([...GETS].sort());
  const counted = await countAll();
  for (const name of GETS) expect(counted[name], name).toBeLessThanOrEqual(MOST[name] ?? -1);
});

test('30 tickets, 20 comments with files and 20 mails are read in as many statements as one of each', async () => {
  const few = await countAll();
  for (let n = 0; n < 29; n++) await open(`One of thirty: ${n}`);
  for (let n = 0; n < 19; n++) await comment(await first(), n % 2 ? 'internal' : 'public');
  for (let n = 0; n < 19; n++) await catchMail();
  for (let n = 0; n < 3; n++) await desk().receive(mail('Subject: The first mail'));
  await desk().receive(mail('Subject: Another one'));
  const { results } = (await staff.get('/api/tickets')).body as { results: unknown[] };
  const { conversation } = (await staff.get(`/api/tickets/${ids.readTicket}`)).body as { conversation: unknown[] };
  expect([results.length, conversation.length]).toEqual([33, 22]);
  expect(await countAll()).toEqual(few);
});

test('a change costs a bounded number of statements, however long the conversation is', async () => {
  const old = await first();
  const fresh = await open('A short one');
  statements.take();
  await comment(fresh);
  const short = statements.take().length;
  await comment(old);
  expect(statements.take().length).toBe(short);
  expect(short).toBeLessThanOrEqual(11);
});
