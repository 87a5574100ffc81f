import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { client } from '../support/client.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';

const newDesk = useFaultDesks();

/** A ticket with two files of bytes that nobody else has. */
function ticket(): FormData {
  const form = new FormData();
  form.append('subject', 'Two files');
  form.append('description', 'See both.');
  for (const name of ['one.txt', 'two.txt'])
    form.append('attachments', new Blob([randomBytes(5000).toString('hex')], { type: 'text/plain' }), name);
  return form;
}

const rowsOf = (desk: FaultDesk) =>
  desk.query<{ tickets: number; files: number }>(
    'select (select count(*)::int from ticket) as tickets, (select count(*)::int from attachment) as files',
  );

test('M58: killed at FU1, with a file stored and no row: nothing refers to it, and the ticket that is sent again is whole', async () => {
  const desk = await newDesk();
  await desk.dieAt('FU1', async () => {
    const staff = await desk.staff();
    await staff.send('POST', '/api/tickets', ticket());
  });
  expect(await rowsOf(desk)).toEqual([{ tickets: 0, files: 0 }]);
  await desk.recover(async () => {
    const [row] = await rowsOf(desk);
    if (row?.tickets === 0) {
      const staff = await desk.staff();
      expect((await staff.send('POST', '/api/tickets', ticket())).status).toBe(201);
    }
    return true;
  });
  expect(await rowsOf(desk)).toEqual([{ tickets: 1, files: 2 }]);
});

test('M58: killed at FR1, with the refresh token rotated and nobody told: its holder stays signed in, and nobody is taken for a thief', async () => {
  const desk = await newDesk();
  let refresh = '';
  const ask = () => client(desk.url).post('/api/token/refresh', { refresh });
  await desk.dieAt('FR1', async () => {
    refresh = String((await desk.signIn())['refresh']);
    await ask();
  });
  // However long this machine takes to start: who lost the answer asks again at once.
  await desk.query('update session set rotated_at = now()');
  let answer: unknown;
  await desk.recover(async () => {
    answer ??= await ask();
    return true;
  });
  expect(answer).toMatchObject({ status: 200, body: { refresh: expect.stringMatching(/./) as string } });
  expect(await desk.query(`select id from audit_entry where action = 'session.reused'`)).toEqual([]);
});
