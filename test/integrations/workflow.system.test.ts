import { expect, test, type TestContext } from 'vitest';
import { eventually } from '../support/processes.ts';
import type { Behaviour } from '../support/workflow-server.ts';
import { startWorkflowDesk, type WorkflowDesk } from './workflow-desk.ts';

/* The workflow system misbehaves, in real time. */

/** Of the very test that asks: others are under way beside it. */
async function newDesk({ onTestFinished }: TestContext): Promise<WorkflowDesk> {
  const here = await startWorkflowDesk();
  onTestFinished(() => here.stop());
  return here;
}

const settled = ({ read }: WorkflowDesk, id: number) =>
  eventually(
    'the ticket is sent, or given up',
    async () => {
      const ticket = await read(id);
      return ticket.workflow?.state === 'pending' ? null : ticket;
    },
    150_000,
  );

/** The first tries go wrong in this way, the others well. */
const first =
  (wrong: number, how: (response: Parameters<Behaviour>[1]) => unknown): Behaviour =>
  (nth, response, take) =>
    void (nth <= wrong ? how(response) : take());

interface Row {
  how: string;
  behaviour: Behaviour;
  tries: number;
  state?: 'failed';
}

test.concurrent.for<Row>([
  { how: 'answers 500 twice, then well', tries: 3, behaviour: first(2, (response) => response.writeHead(500).end()) },
  {
    how: 'asks for patience (429)',
    tries: 2,
    behaviour: first(1, (response) => response.writeHead(429, { 'retry-after': '6' }).end()),
  },
  { how: 'answers 200 with half a JSON', tries: 2, behaviour: first(1, (response) => response.end('{"id": "cas')) },
  { how: 'takes it and hangs up without an answer', tries: 2, behaviour: first(1, (response) => response.destroy()) },
  {
    how: 'hangs for 31 seconds',
    tries: 2,
    behaviour: first(1, (response) => void setTimeout(() => response.end('{}'), 31_000)),
  },
  {
    how: 'answers with two megabytes',
    tries: 2,
    behaviour: first(1, (response) => response.end(`{"id":"${'x'.repeat(2_000_000)}"}`)),
  },
  {
    how: 'answers 500 for ever',
    tries: 3,
    state: 'failed',
    behaviour: (_, response) => void response.writeHead(500).end(),
  },
  {
    how: 'refuses the ticket (400)',
    tries: 1,
    state: 'failed',
    behaviour: (_, response) => void response.writeHead(400).end(),
  },
  {
    how: 'sends it elsewhere (302)',
    tries: 1,
    state: 'failed',
    behaviour: (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
  },
])(
  'M47: a workflow system that $how gets at most three tries with one key, and the ticket stays usable',
  async ({ behaviour, tries, state = 'sent' }, context) => {
    const here = await newDesk(context);
    here.server.behave(behaviour);
    const { id } = await here.approved('The lift');
    // While it goes wrong the ticket is as usable as ever.
    await eventually('the first try', () => here.server.tries.length > 0);
    expect((await here.marta.post(`/api/tickets/${id}/comments`, { body: 'We look at it.' })).status).toBe(201);
    expect((await here.marta.post(`/api/tickets/${id}/transitions`, { name: 'claim' })).status).toBe(200);

    const ticket = await settled(here, id);
    expect(ticket.workflow).toMatchObject({ state, attempts: tries });
    const seen = here.server.tries;
    expect(seen.length).toBe(tries);
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(here.server.opened.size).toBe(state === 'sent' ? 1 : 0);
    const gaps = seen.slice(1).map(({ at }, i) => (at - (seen[i]?.at ?? 0)) / 1000);
    const hung = gaps.filter((gap) => gap > 30).map((gap) => gap - 30);
    // 4 to 10 s as it means to wait; a request may be some time on its way on a busy machine.
    for (const gap of [...gaps.filter((one) => one <= 30), ...hung])
      expect(gap >= 3.5 && gap <= 20, String(gap)).toBe(true);
    if (state === 'failed') expect(ticket.events.some(({ type }) => type === 'workflow_failed')).toBe(true);
  },
);

test.concurrent(
  'M47: a ticket that was given up says so, and is sent again by a button with the same key',
  async (context) => {
    const here = await newDesk(context);
    here.server.behave((_, response) => void response.writeHead(400).end());
    const { id } = await here.approved('The lift');
    expect((await settled(here, id)).workflow).toMatchObject({ state: 'failed', error: 'It refused the ticket: 400' });
    here.server.behave((_nth, _response, take) => take());
    expect(await here.ana.post(`/api/tickets/${id}/workflow/retry`)).toMatchObject({ status: 403 });
    expect(await here.marta.post(`/api/tickets/${id}/workflow/retry`)).toMatchObject({
      status: 200,
      body: { workflow: { state: 'pending', error: null } },
    });
    expect(await settled(here, id)).toMatchObject({ workflow: { state: 'sent', reference: 'case-1' } });
    expect(new Set(here.server.tries.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(await here.marta.post(`/api/tickets/${id}/workflow/retry`)).toMatchObject({ status: 409 });
  },
);

test.concurrent(
  'M47: when nobody answers the desk stops asking, uses up no tries meanwhile, and goes on when somebody does',
  async (context) => {
    const here = await newDesk(context);
    here.server.behave((_, response) => void response.writeHead(503).end());
    const ids: number[] = [];
    for (let n = 0; n < 8; n++) ids.push((await here.approved(`Ticket ${n}`)).id);
    await eventually('the breaker opens', async () => {
      const tickets = await Promise.all(ids.map((id) => here.read(id)));
      return tickets.some(({ workflow }) => workflow?.error === 'The workflow system does not answer');
    });
    const asked = here.server.tries.length;
    expect(asked).toBeLessThan(3 * ids.length);
    here.server.behave((_nth, _response, take) => take());
    for (const id of ids) {
      const { workflow } = await settled(here, id);
      if (workflow?.state === 'failed') await here.marta.post(`/api/tickets/${id}/workflow/retry`);
    }
    await eventually(
      'all are sent',
      async () =>
        (await Promise.all(ids.map((id) => here.read(id)))).every(({ workflow }) => workflow?.state === 'sent'),
      90_000,
    );
    expect(here.server.opened.size).toBe(ids.length);
  },
);
