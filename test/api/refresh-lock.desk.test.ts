import { expect, test } from 'vitest';
import { Session } from '../../src/people/session.ts';
import { client } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';
import { eventually } from '../support/processes.ts';

const desk = useDesk({ web: true });

/** Whether somebody waits for a row that somebody else has. */
const isWaiting = () =>
  desk().transaction(async ({ em }) => {
    const rows = await em.execute(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });

test('T30: a tab that refreshes while another one is at it waits for its turn: the session is not taken for stolen', async () => {
  const { email, id } = await desk().account('employee');
  const signedIn = await client(desk().url).post('/api/token/employee', { email, password: PASSWORD });
  let answered = false;
  const waited = await desk().transaction(async ({ em }) => {
    await em.execute('select id from session where employee_id = ? for update', [id]);
    const refreshed = client(desk().url)
      .post('/api/token/refresh', { refresh: signedIn.body['refresh'] })
      .finally(() => (answered = true));
    await eventually('a refresh that waits', async () => answered || (await isWaiting()));
    return { refreshed };
  });
  expect((await waited.refreshed).status).toBe(200);
  const session = await desk().transaction((tx) => tx.em.findOneOrFail(Session, { employee: id }));
  expect(session.revokedAt).toBeNull();
});
