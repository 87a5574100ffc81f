import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useFaultDesks, type FaultDesk } from '../faults/fault-desk.ts';
import { mailWithFile } from '../faults/mails.ts';
import { startPostfix, type Postfix } from '../support/postfix.ts';
import { eventually } from '../support/processes.ts';
import { freePort } from '../support/running-desk.ts';

/** Postfix, the MTA most companies have, delivers into the desk by LMTP. */
const newDesk = useFaultDesks();
let desk: FaultDesk;
let postfix: Postfix;
beforeAll(async () => {
  const lmtp = await freePort();
  desk = await newDesk({ LMTP_DROP_PORT: String(lmtp) });
  postfix = await startPostfix('desk.example', lmtp);
});
afterAll(() => postfix?.stop());

const send = (id: string, to = 'support@desk.example') =>
  createTransport({ host: '127.0.0.1', port: postfix.port, ignoreTLS: true }).sendMail({
    envelope: { from: 'grace@navy.example', to },
    raw: mailWithFile({ id, subject: `Mail ${id}` }),
  });
const kept = async () =>
  (
    await desk.query<{ key: string }>(
      `select subject as key from inbound_message where subject is not null order by id`,
    )
  ).map(({ key }) => key);

test('a real MTA delivers, keeps what the desk cannot take, and delivers it when the desk is back', async () => {
  await send('early');
  expect(await postfix.waiting()).toBe(1); // the desk is not there yet
  const first = desk.launch();
  await first.running();
  await eventually('the mail that waited', async () => (await kept()).includes('Mail early'), 30_000);
  await send('plain', 'support+anything@desk.example');
  await eventually('the queue is empty', async () => (await postfix.waiting()) === 0, 30_000);

  first.process.kill('SIGKILL');
  await first.ended;
  await send('meanwhile');
  const second = desk.launch();
  await second.running();
  await eventually('what came meanwhile', async () => (await kept()).includes('Mail meanwhile'), 30_000);
  await eventually('the queue is empty again', async () => (await postfix.waiting()) === 0, 30_000);
  expect(await kept()).toEqual(['Mail early', 'Mail plain', 'Mail meanwhile']); // each once
  second.process.kill('SIGTERM');
  await second.ended;
});

test('an address that is none of ours bounces at the MTA, not into a ticket', async () => {
  const running = desk.launch();
  await running.running();
  await send('stranger', 'nobody@desk.example');
  await eventually('the bounce', async () => /status=bounced .*550 5\.1\.1/.test(await postfix.log()), 30_000);
  running.process.kill('SIGTERM');
  await running.ended;
});
