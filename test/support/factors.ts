import { Secret, TOTP } from 'otpauth';
import { client, type Answer, type Client } from './client.ts';
import { PASSWORD, type TestDesk } from './desk.ts';

/** What an authenticator app shows at a moment. */
export function codeAt(secret: string, now: Date): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: now.getTime() });
}

/** Sets a setting as an admin would. */
export async function set(desk: TestDesk, key: string, value: unknown): Promise<void> {
  await desk.transaction((tx) =>
    tx.em.execute(
      `insert into setting (key, value, updated_at) values (?, ?::jsonb, ?) on conflict (key) do update set value = excluded.value`,
      [key, JSON.stringify(value), tx.now],
    ),
  );
}

/** The first question: address and password. */
export function givePassword(desk: TestDesk, email: string): Promise<Answer> {
  return client(desk.url).post('/api/token/employee', { email, password: PASSWORD });
}

/** The token of the second question, after the right password. */
export async function askedFor(desk: TestDesk, email: string): Promise<string> {
  const { body } = await givePassword(desk, email);
  return String((body['details'] as { challenge: string }).challenge);
}

/** The second question. */
export function giveFactor(desk: TestDesk, challenge: string, answer: object): Promise<Answer> {
  return client(desk.url).post('/api/token/second-factor', { challenge, ...answer });
}

/** Sets up an authenticator app through the API: its secret, and the recovery codes that came with it. */
export async function enrolApp(as: Client, now: () => Date): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { body } = await as.post('/api/second-factors/totp');
  const secret = String(body['secret']);
  const confirmed = await as.post('/api/second-factors/totp/confirm', { code: codeAt(secret, now()) });
  if (confirmed.status !== 200) throw new Error(`not confirmed: ${JSON.stringify(confirmed.body)}`);
  return { secret, recoveryCodes: confirmed.body['recovery_codes'] as string[] };
}

/** Audit entries about an account, the oldest first. */
export async function auditOf(desk: TestDesk, employeeId: number) {
  return desk.transaction((tx) =>
    tx.em.execute<{ action: string; outcome: string; actor_id: string | null; data: Record<string, unknown> }[]>(
      `select action, outcome, actor_id, data from audit_entry where subject_type = 'employee' and subject_id = ? order by id`,
      [employeeId],
    ),
  );
}

/** Mails about the ways in to an account that are due or sent, by what changed, the oldest first. */
export async function noticesOf(desk: TestDesk, employeeId: number): Promise<string[]> {
  const rows = await desk.transaction((tx) =>
    tx.em.execute<{ change: string }[]>(
      `select data->>'change' as change from account_notice where employee_id = ? and template = 'second-factor-changed' order by id`,
      [employeeId],
    ),
  );
  return rows.map(({ change }) => change);
}
