import { randomBytes } from 'node:crypto';
import type { TestDesk } from '../desk.ts';
import { newActor, type Actor } from '../actors.ts';

/** Somebody whose things must not turn up anywhere. */
export interface Victim {
  actor: Actor;
  /** Of all that is theirs. */
  ids: readonly number[];
  /** Words of theirs, which their own admins may read. */
  words: readonly string[];
  /** Of what opens accounts, which nobody ever reads. */
  secrets: readonly string[];
  /** Changes when anything of theirs does. */
  state(): Promise<string>;
}

const canary = (what: string) => `canary-${what}-${randomBytes(6).toString('hex')}`;

/** Plants marked words in everything that somebody can have. */
export async function plantCanaries(desk: TestDesk): Promise<Victim> {
  const actor = await newActor(desk, 'employee', 'Victim');
  const words: string[] = [];
  const secrets: string[] = [];
  const word = (what: string) => (words.push(canary(what)), words.at(-1) ?? '');
  const secret = (what: string) => (secrets.push(canary(what)), secrets.at(-1) ?? '');
  const one = async (sql: string, params: unknown[]): Promise<number> => {
    const [row] = await desk.transaction((tx) => tx.em.execute<{ id: string }[]>(sql, params));
    return Number(row?.id);
  };
  const me = actor.id;

  const department = await one('insert into department (name) values (?) returning id', ['Elsewhere']);
  await one(
    `update employee set first_name = ?, last_name = ?, email = ?, password_hash = ?, decision_reason = ?, department_id = ? where id = ? returning id`,
    [
      word('first'),
      word('last'),
      `${word('address')}@maravia.example`,
      secret('password'),
      word('decision'),
      department,
      me,
    ],
  );
  const form = new FormData();
  const fields = {
    subject: word('subject'),
    description: word('description'),
    department: 'Elsewhere',
    category: 'Other',
  };
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.append('attachments', new Blob([word('bytes')], { type: 'text/plain' }), `${word('filename')}.txt`);
  const { body } = await actor.send('POST', '/api/tickets', form);
  const ticket = body as { id: number; conversation: { id: number; attachments: { id: number }[] }[] };
  await actor.post(`/api/tickets/${ticket.id}/comments`, { body: word('comment') });
  for (const visibility of ['internal', 'pending'])
    await one(
      `insert into comment (ticket_id, author_id, visibility, channel, body, quoted, signature, created_at)
       values (?, ?, ?, 'portal', ?, ?, ?, now()) returning id`,
      [ticket.id, me, visibility, word(visibility), word('quoted'), word('signature')],
    );
  const task = await one(
    `insert into task (kind, employee_id, input, state, total, error, next_at, created_at, finished_at)
     values ('change-tickets', ?, '{"ids":[],"action":{"type":"assign","assignee":null},"channel":"api"}', 'failed', 1, ?, now(), now(), now()) returning id`,
    [me, word('task')],
  );
  const session = await one(
    `insert into session (employee_id, refresh_hash, rotated_at, created_at, authenticated_at, expires_at, user_agent)
     values (?, ?, now(), now(), now(), now() + interval '1 day', ?) returning id`,
    [me, secret('refresh'), word('browser')],
  );
  const key = await one(
    `insert into api_key (employee_id, name, prefix, key_hash, scopes, created_at, expires_at)
     values (?, ?, 'ssk_', ?, '{tickets:read}', now(), now() + interval '1 day') returning id`,
    [me, word('key'), secret('key')],
  );
  await one(
    `insert into totp (employee_id, secret, confirmed_at, created_at) values (?, ?, now(), now()) returning employee_id as id`,
    [me, secret('totp')],
  );
  await one('insert into recovery_code (employee_id, code_hash) values (?, ?) returning id', [me, secret('recovery')]);
  const passkey = await one(
    `insert into passkey (employee_id, credential_id, public_key, counter, name, created_at) values (?, ?, ?, 0, ?, now()) returning id`,
    [me, secret('credential'), randomBytes(32), word('passkey')],
  );
  const identity = await one(
    `insert into identity (employee_id, issuer, subject, created_at) values (?, 'https://id.example', ?, now()) returning id`,
    [me, secret('subject')],
  );
  await one(
    `insert into account_link (employee_id, purpose, nonce, token_hash, created_at, expires_at)
     values (?, 'sign-in', ?, ?, now(), now() + interval '1 hour') returning id`,
    [me, secret('nonce'), secret('link')],
  );
  // What the desk itself must keep.
  secrets.push(new URL(desk.databaseUrl).password, Buffer.alloc(32, 7).toString('base64'));

  const files = ticket.conversation.flatMap(({ attachments }) => attachments.map(({ id }) => id));
  return {
    ...{ actor, words, secrets },
    ids: [me, ticket.id, ...files, department, task, session, key, passkey, identity],
    state: async () => {
      const [row] = await desk.transaction((tx) =>
        tx.em.execute<{ state: string }[]>(STATE, Array<number>(8).fill(me)),
      );
      return row?.state ?? '';
    },
  };
}

const rowsOf = (table: string, whose: string) =>
  `(select coalesce(string_agg(t::text, ' ' order by t::text), '') from ${table} t where ${whose})`;
const THEIRS = 'employee_id = ?';
const STATE = `select md5(${[
  rowsOf('employee', 'id = ?'),
  rowsOf('ticket', 'requester_id = ?'),
  rowsOf('comment', 'ticket_id in (select id from ticket where requester_id = ?)'),
  ...['session', 'api_key', 'totp', 'passkey', 'identity'].map((table) => rowsOf(table, THEIRS)),
].join(" || '|' || ")}) as state`;
