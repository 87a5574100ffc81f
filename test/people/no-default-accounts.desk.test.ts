import { expect, test } from 'vitest';
import { client } from '../support/client.ts';
import { PRODUCTION, useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true, env: PRODUCTION });

test('V17: a new desk of production has no account at all: nobody gets in with what is written in a manual', async () => {
  const rows = await desk().transaction((tx) => tx.em.execute('select email from employee'));
  expect(rows).toEqual([]);
  for (const email of ['admin', 'admin@localhost', 'root@localhost', 'admin@maravia.example'])
    for (const password of ['admin', 'password', 'smartsupport', 'changeme'])
      expect(await client(desk().url).post('/api/token/admin', { email, password })).toMatchObject({ status: 401 });
});
