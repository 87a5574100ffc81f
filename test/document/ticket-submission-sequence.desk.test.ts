import { beforeAll, describe, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import type { Answer } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';

/**
 * "Sequence Diagram: Ticket Submission and Processing" and UC-TICKET-001 of the system document, step by step, with the worker that sends the mail.
 */
const desk = useDesk({ web: true });

let ana: Actor;
let ada: Actor;
let answer: Answer;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  ada = await newActor(desk(), 'admin', 'Ada');
});

function query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
  return desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
}
const submit = (given: Record<string, string | File>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(given)) form.append(name, value);
  return ana.send('POST', '/api/tickets/', form);
};
const WORDS = {
  ...{ subject: 'No sound', description: 'Silence.', category: 'Hardware', sub_category: 'Phone', priority: 'high' },
  scheduled_for: '2030-01-02T08:00:00Z',
};
interface Body {
  id: number;
  ticket_number: string;
  status: string;
  conversation: { body: string; attachments: { id: number; url: string }[] }[];
}
const ticket = () => answer.body as unknown as Body;

describe('a ticket is submitted', () => {
  test('1: the form knows what can be asked for', async () => {
    const { body } = await ana.get('/api/options');
    expect(body).toMatchObject({ priorities: ['critical', 'high', 'medium', 'low'], max_files: 10 });
    expect(body['categories']).toContainEqual(expect.objectContaining({ name: 'Hardware' }));
  });

  test('3: the data is validated field by field; what is wrong is said there, and nothing is kept (3a, 4a)', async () => {
    const wrong = await submit({ subject: '', category: 'Nowhere', priority: 'urgent' });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(Object.keys(wrong.body['details'] as object).sort()).toEqual(['description', 'priority', 'subject']);
    expect((await submit({ ...WORDS, category: 'Nowhere' })).body['details']).toHaveProperty('category');
    const program = new File(['MZ'], 'tool.exe', { type: 'application/x-msdownload' });
    expect((await submit({ ...WORDS, attachments: program })).body['details']).toHaveProperty('attachments');
    expect(await query('select 1 from ticket')).toEqual([]);
  });

  test('2, 10: POST /api/tickets/ takes it and answers with success', async () => {
    answer = await submit({ ...WORDS, attachments: new File(['%PDF-1.7'], 'photo.pdf', { type: 'application/pdf' }) });
    expect(answer.status).toBe(201);
  });

  test('4: it has the next number', () => {
    expect(ticket().ticket_number).toBe('TX0001');
  });

  test('5, 6: it is in the database with its id, and is New', async () => {
    expect(await query('select id, status, subject, priority from ticket')).toEqual([
      { id: String(ticket().id), status: 'new', subject: 'No sound', priority: 'high' },
    ]);
  });

  test('7, 8: its files are in the store, and their URLs in the answer give their bytes', async () => {
    const [file] = ticket().conversation[0]?.attachments ?? [];
    expect(await (await ana.raw(file?.url ?? '')).text()).toBe('%PDF-1.7');
  });

  test('9: the mail is queued as a job, in the same transaction', async () => {
    const jobs = await query<{ data: { ids: number[] } }>(`select data from pgboss.job where name = 'notify-events'`);
    const [event] = await query<{ id: string }>('select id from ticket_event');
    expect(jobs.map(({ data }) => data.ids)).toEqual([[Number(event?.id)]]);
    expect(desk().caught.mails).toEqual([]);
  });

  test('11: the tracker shows it on top', async () => {
    const { results } = (await ana.get('/api/tickets')).body as { results: Body[] };
    expect(results[0]).toMatchObject({ id: ticket().id, ticket_number: 'TX0001', status: 'new' });
  });

  test('12: the worker sends the confirmation, and tells the staff', async () => {
    const worker = await desk().startWorker();
    try {
      await expect
        .poll(
          () =>
            desk()
              .caught.mails.flatMap(({ to }) => to)
              .toSorted(),
          { timeout: 50_000, interval: 200 },
        )
        .toEqual([ada.email, ana.email].toSorted());
    } finally {
      await worker.stop();
    }
    const mail = desk().caught.mails.find(({ to }) => to.includes(ana.email));
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-replied/m);
    expect(mail?.raw).toContain('TX0001');
  });

  test('13, 14: an admin approves it, and its status is Open', async () => {
    const approved = await ada.post(`/api/tickets/${ticket().id}/transitions`, { name: 'approve' });
    expect(approved).toMatchObject({ status: 200, body: { status: 'open' } });
    expect(await query('select status from ticket')).toEqual([{ status: 'open' }]);
  });
});
