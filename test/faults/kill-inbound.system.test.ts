import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultPoint } from '../../src/fault-point.ts';
import { startSignedDomain, type SignedDomain } from '../support/signed-domain.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';
import { mailWithFile, shortMail } from './mails.ts';

const newDesk = useFaultDesks();
let navy: SignedDomain;
beforeAll(async () => {
  navy = await startSignedDomain('navy.example');
});
afterAll(() => navy?.stop());

async function expectOneTicketEach(desk: FaultDesk, subjects: readonly string[]): Promise<void> {
  const tickets = await desk.query<{ subject: string; comments: number; files: number }>(
    `select t.subject, t.comment_count as comments, t.attachment_count as files from ticket t order by t.subject`,
  );
  expect(tickets).toEqual(subjects.map((subject) => ({ subject, comments: 1, files: 1 })));
  expect(await desk.query(`select id from inbound_message where state <> 'applied'`)).toEqual([]);
}

/** How the two messages stand in the ledger at the kill, where that is certain; `told`: the source was told of one at least. */
const INBOUND: [row: string, point: FaultPoint, when: string, states: RegExp, told: boolean][] = [
  ['M01', 'D1', 'before the ledger rows and the cursor are committed', /^$/, false],
  ['M02', 'D2', 'after they are committed', /^(discovered|fetched|applied) (discovered|fetched|applied)$/, false],
  ['M03', 'F1', 'in the middle of the raw bytes', /^discovered discovered$/, false],
  ['M04', 'F2', 'with all bytes written and no blob', /^discovered discovered$/, false],
  ['M05', 'F3', 'with the blob stored and no row', /^discovered discovered$/, false],
  ['M06', 'A1', 'inside the transaction, the ticket written', /^fetched (discovered|fetched)$/, false],
  ['M07', 'A2', 'just before the commit', /^fetched (discovered|fetched)$/, false],
  ['M08', 'A3', 'after the commit, the source not told', /applied/, false],
  ['M09', 'A4', 'after the source was told', /applied/, true],
];

test.concurrent.each(INBOUND)(
  '%s: killed at %s, %s: nothing is lost, nothing twice',
  async (_, point, __, states, told) => {
    const desk = await newDesk();
    await desk.deliver('1.first', mailWithFile({ id: 'q1', subject: 'First' }));
    await desk.deliver('2.second', mailWithFile({ id: 'q2', subject: 'Second' }));
    await desk.dieAt(`${point}:1`);

    const ledger = await desk.query<{ state: string }>('select state from inbound_message order by id');
    expect(ledger.map(({ state }) => state).join(' ')).toMatch(states);
    expect((await desk.maildir()).cur.length > 0).toBe(told); // acknowledged only after the commit

    await desk.recover();
    await expectOneTicketEach(desk, ['First', 'Second']);
    expect((await desk.maildir()).cur.toSorted()).toEqual(['1.first:2,S', '2.second:2,S']);
  },
);

test.concurrent.each<[row: string, point: FaultPoint]>([
  ['M10', 'F3'],
  ['M11', 'A2'],
])('%s: killed at %s twice in a row: nothing is lost, nothing twice', async (_, point) => {
  const desk = await newDesk();
  await desk.deliver('1.first', mailWithFile({ id: 'q1', subject: 'First' }));
  await desk.dieAt(`${point}:1`);
  await desk.dieAt(`${point}:1`);
  await desk.recover();
  await expectOneTicketEach(desk, ['First']);
});

/** Of what fails eight tries are made, and then it waits for a person. */
const MORE_THAN_TRIES = 9;

test.concurrent(
  'M11: killed at A1 nine times in a row: bad luck is no failure of the message, which becomes a ticket',
  async () => {
    const desk = await newDesk();
    await desk.deliver('1.first', mailWithFile({ id: 'q1', subject: 'First' }));
    for (let kill = 0; kill < MORE_THAN_TRIES; kill++) await desk.dieAt('A1:1');
    expect(await desk.query('select attempts, last_error from inbound_message')).toEqual([
      { attempts: 0, last_error: null },
    ]);
    await desk.recover();
    await expectOneTicketEach(desk, ['First']);
  },
);

test.concurrent.each<[row: string, point: FaultPoint]>([
  ['M03', 'F1'],
  ['M05', 'F3'],
  ['M07', 'A2'],
])('%s by SMTP: killed at %s: whoever got no 250 sends it again, and it is one ticket', async (_, point) => {
  const desk = await newDesk();
  const send = () =>
    createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true }).sendMail({
      envelope: { from: 'grace@navy.example', to: 'support@desk.example' },
      raw: mailWithFile({ id: 'q1', subject: 'First' }),
    });
  let accepted = false;
  await desk.dieAt(`${point}:1`, async () => {
    await send();
    accepted = true;
  });
  if (point.startsWith('F')) expect(accepted).toBe(false); // the 250 is said after the commit
  await desk.recover(async () => {
    if (!accepted) await send();
    return (accepted = true);
  });
  await expectOneTicketEach(desk, ['First']);
});

test.concurrent(
  'M07 with proven, forged and repeated mail: each ends as it must, and one acknowledgement goes out',
  async () => {
    const desk = await newDesk({ DNS_SERVERS: navy.dns.address });
    const proven = await navy.sign(mailWithFile({ id: 'q1', subject: 'Proven' }));
    await desk.deliver('1.proven', proven);
    await desk.deliver('2.forged', shortMail({ id: 'q2', subject: 'Forged' }));
    await desk.deliver('3.repeated', proven);
    await desk.dieAt('A2:1');
    expect(desk.sent).toEqual([]);
    await desk.recover();

    const ledger = await desk.query(
      `select k.source_key as key, i.state, i.trust from inbound_message i join inbound_key k on k.inbound_message_id = i.id order by k.source_key`,
    );
    const states = Map.groupBy(ledger, ({ state }) => String(state));
    expect(states.get('quarantined')).toMatchObject([{ key: '2.forged', trust: 'T0' }]);
    expect(states.get('applied')).toMatchObject([{ trust: 'T2' }]); // whichever of the two came first
    expect(states.get('suppressed')).toHaveLength(1);
    expect(await desk.query('select subject from ticket')).toEqual([{ subject: 'Proven' }]);
    expect(desk.sent).toHaveLength(1);
    expect(desk.sent[0]).toMatch(/^To: grace@navy\.example\r$/m);
  },
);
