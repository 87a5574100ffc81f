import { expect, test } from 'vitest';
import type { FaultPoint } from '../../src/fault-point.ts';
import { secretPlace } from '../../src/mail/sources/mailbox-secret.ts';
import { newPushSecret } from '../../src/mail/sources/push-signature.ts';
import { deriveSecrets, seal } from '../../src/secrets.ts';
import { signPush } from '../support/mailboxes.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';

const newDesk = useFaultDesks();
const { sealing } = deriveSecrets(`a:${Buffer.alloc(32, 5).toString('base64')}`);

const MAIL = `From: Ana <ana@maravia.example>\r\nTo: push@desk.example\r\nSubject: Pushed\r\nMessage-ID: <kill@maravia.example>\r\n\r\n${'Words. '.repeat(5000)}\r\n`;

/** A mailbox for pushed mail; gives what pushes the mail into it as its sender would, again and again until it is answered. */
async function pushing(desk: FaultDesk) {
  const secret = newPushSecret();
  const [row] = await desk.query<{ id: string }>(
    `insert into mailbox (name, address, source, sender_trust, created_at) values ('Push', 'push@desk.example', 'http', 'submission', now()) returning id`,
  );
  const id = Number(row?.id);
  const sealed = seal(sealing, JSON.stringify({ pushSecret: secret }), secretPlace({ id }));
  await desk.query(`update mailbox set secret = '${sealed}' where id = ${id}`);
  return async () => {
    const headers = signPush(secret, MAIL);
    const response = await (await desk.staff()).raw(`/api/inbound/${id}`, { method: 'POST', headers, body: MAIL });
    return [response.status, (await response.json()) as object];
  };
}

interface Row {
  point: FaultPoint;
  when: string;
  /** Rows of it at the kill. */
  kept: number;
}

test.concurrent.each<Row>([
  { point: 'F1', when: 'while its bytes come', kept: 0 },
  { point: 'F2', when: 'with its bytes written and not yet under their name', kept: 0 },
  { point: 'F3', when: 'with its bytes stored and no row', kept: 0 },
  { point: 'P1', when: 'with its row committed and no answer', kept: 1 },
])('a push killed at $point, $when, is pushed again and is one ticket', async ({ point, kept }) => {
  const desk = await newDesk();
  const push = await pushing(desk);
  await desk.dieAt(point, push);
  expect(await desk.query('select count(*)::int as n from inbound_message')).toEqual([{ n: kept }]);
  const answers: unknown[] = [];
  await desk.recover(async () => {
    if (answers.length < 2) answers.push(await push());
    return answers.length === 2;
  });
  const answer = (duplicate: boolean) => [202, { id: expect.any(Number) as number, duplicate }];
  expect(answers).toEqual([answer(kept > 0), answer(true)]);
  expect(await desk.query('select count(*)::int as n from ticket')).toEqual([{ n: 1 }]);
});
