import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';
import { failJob } from '../support/failed-job.ts';

const desk = useDesk({ web: true });
let admin: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
});
const execute = (sql: string, params: unknown[] = []) =>
  desk().transaction((tx) => tx.em.execute<unknown[]>(sql, params));
const system = async () => (await admin.get('/api/health/system')).body as Record<string, Record<string, unknown>>;

test('what waits to be sent, could not be sent and failed is counted, and each mail that failed says why and leads to its ticket', async () => {
  const inbound = await desk().receive(
    'From: ana@maravia.example\nTo: support@localhost\nSubject: Lamp\nMessage-ID: <a@maravia.example>\n\nIt flickers.\n',
  );
  const mail = (state: string, to: string, reason: string | null) =>
    execute(
      `insert into outbound_message (ticket_id, mailbox_id, template, locale, recipient, envelope_from, state, reason, send_after, created_at, finished_at, mime)
       values (?, ?, 'public-reply', 'en', ?, '', ?, ?, now() - interval '1 hour', now(), now(), 'x')`,
      [inbound.ticketId ?? null, desk().mailbox.id, to, state, reason],
    );
  const before = await system();
  await mail('failed', 'gone@maravia.example', '550 no such user');
  await mail('ambiguous', 'perhaps@maravia.example', null);
  await mail('pending', 'soon@maravia.example', null);
  const after = await system();
  const risen = (name: string) => Number(after['mail_out']?.[name]) - Number(before['mail_out']?.[name]);
  expect([risen('failed'), risen('ambiguous'), risen('waiting')]).toEqual([1, 1, 2]);
  expect(Date.now() - Date.parse(String(after['mail_out']?.['oldest_at']))).toBeGreaterThan(3_500_000);
  const [failed] = after['failed_mails'] as unknown as Record<string, unknown>[];
  expect(failed).toMatchObject({
    ...{ recipient: 'gone@maravia.example', reason: '550 no such user', template: 'public-reply' },
    ticket: { id: inbound.ticketId, ticket_number: expect.stringMatching(/^TX\d{4}$/) as string },
  });
});

test('a job that failed is told with the first line of why, and tried again once, which is written down', async () => {
  const id = await failJob(desk(), { ids: [4, 5] });
  const { body } = await admin.get('/api/health/jobs');
  expect(body['results']).toEqual([
    expect.objectContaining({ id, queue: 'send-messages', attempts: 3, error: 'the disk is full' }),
  ]);
  const queues = (await system())['queues'] as unknown as { name: string; failed: number }[];
  expect(queues.find(({ name }) => name === 'send-messages')?.failed).toBe(1);

  expect(await admin.post(`/api/health/jobs/${id}/retry`)).toMatchObject({
    status: 200,
    body: { queue: 'send-messages' },
  });
  expect((await admin.post(`/api/health/jobs/${id}/retry`)).status).toBe(404);
  const jobs = await execute(
    `select data from pgboss.job where name = 'send-messages' and data = '{"ids": [4, 5]}' and state <> 'failed'`,
  );
  expect(jobs).toHaveLength(1);
  const { results } = (await admin.get('/api/audit?action=job.retried')).body as { results: { data: unknown }[] };
  expect(results[0]?.data).toEqual({ queue: 'send-messages' });
});

test('nobody but an admin sees it', async () => {
  const coordinator = await newActor(desk(), 'coordinator');
  for (const path of ['system', 'jobs']) expect((await coordinator.get(`/api/health/${path}`)).status).toBe(403);
  expect((await admin.post('/api/health/jobs/not-an-id/retry')).status).toBe(404);
});
