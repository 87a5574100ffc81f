import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

/** Random transitions by random people, on PostgreSQL and by HTTP. `SEED=… ` repeats a run. */
const desk = useDesk({ web: true });
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));

// As the table of the design has it, written down a second time: the program's own would agree with itself whatever it says.
const STAFF = ['coordinator', 'admin'];
const UNDER_WAY = ['open', 'in_progress', 'pending', 'on_hold'];
const TABLE: Record<string, { from: string[]; to: string; by: string[]; needs: string[] }> = {
  approve: { from: ['new'], to: 'open', by: STAFF, needs: ['priority', 'category'] },
  reject: { from: ['new'], to: 'rejected', by: STAFF, needs: ['reason'] },
  claim: { from: ['open'], to: 'in_progress', by: STAFF, needs: [] },
  start: { from: ['open'], to: 'in_progress', by: STAFF, needs: ['assignee'] },
  wait: { from: ['open', 'in_progress'], to: 'pending', by: STAFF, needs: [] },
  hold: { from: ['open', 'in_progress'], to: 'on_hold', by: STAFF, needs: ['reason'] },
  resume: { from: ['pending', 'on_hold'], to: 'in_progress', by: STAFF, needs: [] },
  resolve: { from: UNDER_WAY, to: 'resolved', by: STAFF, needs: ['comment'] },
  reopen: { from: ['resolved'], to: 'in_progress', by: ['requester', ...STAFF], needs: [] },
  close: { from: ['resolved'], to: 'closed', by: ['requester', ...STAFF], needs: [] },
  withdraw: { from: ['new', ...UNDER_WAY], to: 'withdrawn', by: ['requester'], needs: [] },
};

const WHO = ['requester', 'participant', 'stranger', 'coordinator', 'admin'] as const;
type Who = (typeof WHO)[number];
let people: Record<Who, Actor>;
beforeAll(async () => {
  people = {
    requester: await newActor(desk(), 'employee', 'Requester'),
    participant: await newActor(desk(), 'employee', 'Participant'),
    stranger: await newActor(desk(), 'employee', 'Stranger'),
    coordinator: await newActor(desk(), 'coordinator'),
    admin: await newActor(desk(), 'admin'),
  };
});

async function open(): Promise<number> {
  const { body } = await people.requester.post('/api/tickets', { subject: 'Random', description: 'x' });
  const id = Number(body['id']);
  await people.admin.post(`/api/tickets/${id}/participants`, { email: people.participant.email });
  return id;
}

interface Step {
  who: Who;
  name: string;
  given: { priority: boolean; category: boolean; reason: boolean; comment: boolean; assignee: boolean };
}
const given = fc.record({
  priority: fc.boolean(),
  category: fc.boolean(),
  // More often than not, or few tickets come far.
  ...{ reason: mostly(), comment: mostly(), assignee: fc.boolean() },
});
const step: fc.Arbitrary<Step> = fc.record({
  who: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...WHO) },
    { weight: 3, arbitrary: fc.constantFrom('coordinator' as const, 'admin' as const) },
  ),
  name: fc.constantFrom(...Object.keys(TABLE)),
  given,
});
function mostly() {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
}

function ask(id: number, { who, name, given: has }: Step) {
  return people[who].post(`/api/tickets/${id}/transitions`, {
    name,
    ...(has.priority && { priority: 'low' }),
    ...(has.category && { category: 'Other' }),
    ...(has.reason && { reason: 'Because' }),
    ...(has.comment && { comment: 'So it is' }),
    ...(has.assignee && { assignee: people.coordinator.id }),
  });
}

/** What the table says of a step, and what the ticket is after it. */
interface Model {
  status: string;
  has: Set<string>;
}
function expected({ status, has }: Model, { who, name, given: brings }: Step): number {
  const move = TABLE[name];
  if (who === 'stranger') return 404;
  if (!move?.by.includes(who)) return 403;
  if (!move.from.includes(status)) return 409;
  return move.needs.every((need) => has.has(need) || brings[need as keyof Step['given']]) ? 200 : 400;
}
function apply(model: Model, { name, given: brings }: Step): Model {
  const kept = (['priority', 'category', 'assignee'] as const).filter((field) => brings[field]);
  const has = new Set([...model.has, ...kept, ...(name === 'claim' ? ['assignee'] : [])]);
  return { status: TABLE[name]?.to ?? '', has };
}

function query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
  return desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
}

/** The history of a ticket's status: each line is one of the table, by somebody who may, and begins where the one before ended. */
async function requireHistory(id: number): Promise<number> {
  const [ticket] = await query<{ status: string }>('select status from ticket where id = ?', [id]);
  const lines = await query<{ data: { transition: string; from: string; to: string }; actor_id: string }>(
    `select data, actor_id from ticket_event where ticket_id = ? and type = 'status_changed' order by id`,
    [id],
  );
  let status = 'new';
  for (const { data, actor_id } of lines) {
    const move = TABLE[data.transition];
    const who = WHO.find((one) => people[one].id === Number(actor_id)) ?? '';
    expect([data.from, move?.from, move?.to, move?.by]).toEqual([
      ...[status, expect.arrayContaining([status]), data.to],
      expect.arrayContaining([who]),
    ]);
    status = data.to;
  }
  expect(ticket?.status).toBe(status);
  return lines.length;
}

test('random transitions by random people never leave the table, and each is answered as it says', async () => {
  process.stdout.write(`random transitions: SEED=${seed}\n`);
  const steps = fc.array(step, { minLength: 5, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(steps, async (walk) => {
      const id = await open();
      let model: Model = { status: 'new', has: new Set() };
      let moved = 0;
      for (const one of walk) {
        const answer = await ask(id, one);
        expect([one, model.status, answer.status]).toEqual([one, model.status, expected(model, one)]);
        if (answer.status === 409) {
          const { details } = answer.body as { details: { allowed: string[] } };
          const open = Object.entries(TABLE).filter(
            ([, { by, from }]) => by.includes(one.who) && from.includes(model.status),
          );
          expect(details.allowed.toSorted()).toEqual(open.map(([name]) => name).toSorted());
        }
        if (answer.status !== 200) continue;
        model = apply(model, one);
        moved += 1;
      }
      expect(await requireHistory(id)).toBe(moved);
    }),
    { seed, numRuns: 15, interruptAfterTimeLimit: 40_000, markInterruptAsFailure: false },
  );
});

test('nor do transitions that are made at once: the history is one way through the table', async () => {
  const burst = fc.array(step, { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(burst, { minLength: 2, maxLength: 3 }), async (bursts) => {
      const id = await open();
      let moved = 0;
      for (const steps of bursts) {
        const answers = await Promise.all(steps.map((one) => ask(id, one)));
        expect(answers.filter(({ status }) => ![200, 400, 403, 404, 409].includes(status))).toEqual([]);
        moved += answers.filter(({ status }) => status === 200).length;
      }
      expect(await requireHistory(id)).toBe(moved);
    }),
    { seed, numRuns: 8, interruptAfterTimeLimit: 40_000, markInterruptAsFailure: false },
  );
});
