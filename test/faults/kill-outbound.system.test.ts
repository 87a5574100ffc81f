import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultPoint } from '../../src/fault-point.ts';
import { eventually } from '../support/processes.ts';
import { startSignedDomain, type SignedDomain } from '../support/signed-domain.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';
import { shortMail } from './mails.ts';

const newDesk = useFaultDesks();
let navy: SignedDomain;
beforeAll(async () => {
  navy = await startSignedDomain('navy.example');
});
afterAll(() => navy?.stop());

/** What the row and the world have at the kill, and how many mails there are in the end. */
interface Row {
  row: string;
  point: FaultPoint;
  when: string;
  /** null: there is no row. */
  state: string | null;
  sent: number;
  inTheEnd: number;
}

/** The event is committed before its mail is: nothing goes out for a row that was rolled back, and the event makes it anew. */
const AT_ONCE: Row[] = [
  { row: 'M12', point: 'O1', when: 'the row written, not committed', state: null, sent: 0, inTheEnd: 1 },
  { row: 'M13', point: 'O2', when: 'committed, not claimed', state: 'pending', sent: 0, inTheEnd: 1 },
];
/** Nobody may touch the row before the lease of the dead one ends. */
const AFTER_THE_LEASE: Row[] = [
  { row: 'M14', point: 'O3', when: 'claimed, nothing sent', state: 'sending', sent: 0, inTheEnd: 1 },
  { row: 'M15', point: 'O4', when: 'recipient accepted, no data sent', state: 'sending', sent: 0, inTheEnd: 1 },
  { row: 'M16', point: 'O5', when: 'after the final dot, before the 250', state: 'sending', sent: 1, inTheEnd: 2 },
  { row: 'M17', point: 'O6', when: 'after the 250, before the row says sent', state: 'sending', sent: 1, inTheEnd: 2 },
];
const TITLE = '$row: killed at $point, $when: $inTheEnd in the end, all the same bytes';

test.concurrent.each([...AT_ONCE, ...AFTER_THE_LEASE])(TITLE, killedWhileAnswering);

async function killedWhileAnswering({ point, state, sent, inTheEnd }: Row): Promise<void> {
  const desk = await deskWithTicket();
  await killAnswering(desk, point);
  expect(await answers(desk)).toEqual(state ? [{ state }] : []);
  await eventually('what is on the wire arrives', () => desk.sent.length >= sent);
  expect(desk.sent).toHaveLength(sent);

  await desk.recover();
  expect(await answers(desk)).toEqual([{ state: 'sent' }]);
  expect(desk.sent).toHaveLength(inTheEnd);
  expect(new Set(desk.sent).size).toBe(1); // the same bytes, so the same Message-ID
}

test.concurrent(
  'M18: killed at O7, the row says sent, the job is not completed: the job runs again and sends nothing',
  async () => {
    const desk = await deskWithTicket();
    await killAnswering(desk, 'O7');
    expect(await answers(desk)).toEqual([{ state: 'sent' }]);
    expect(desk.sent).toHaveLength(1);

    // Its heartbeat stopped with the kill; we need not sit and wait until that is noticed.
    const ofJob = `from pgboss.job where name = 'send-messages' and state in ('created', 'active', 'retry')`;
    expect(await desk.query(`select state ${ofJob}`)).toEqual([{ state: 'active' }]);
    await desk.query(
      `update pgboss.job set heartbeat_on = now() - interval '1 hour' where name = 'send-messages' and state = 'active'`,
    );
    await desk.recover(async () => (await desk.query(`select id ${ofJob}`)).length === 0);
    const runs = await desk.query(`select state, retry_count as retries from pgboss.job where name = 'send-messages'`);
    expect(runs).toEqual([{ state: 'completed', retries: 1 }]);
    expect(desk.sent).toHaveLength(1);
  },
);

async function deskWithTicket(): Promise<FaultDesk> {
  const desk = await newDesk();
  await desk.deliver('1.first', shortMail({ id: 'q1', subject: 'First' }));
  await desk.recover();
  expect(desk.sent).toEqual([]); // nobody proved who Grace is: no acknowledgement
  return desk;
}

function killAnswering(desk: FaultDesk, point: FaultPoint): Promise<void> {
  return desk.dieAt(`${point}:1`, async () => {
    const [ticket] = await desk.query<{ id: string }>('select id from ticket');
    const staff = await desk.staff();
    await staff.post(`/api/tickets/${ticket?.id}/comments`, { body: 'We took it out.' });
  });
}

function answers(desk: FaultDesk): Promise<{ state: string }[]> {
  return desk.query(`select state from outbound_message where template = 'public-reply'`);
}

/** Two acknowledgements would be worse than none: what perhaps went out never goes out again. */
const ACKNOWLEDGED: (Row & { ends: string })[] = [
  { row: 'M15', point: 'O4', when: 'before its data', state: 'sending', sent: 0, inTheEnd: 1, ends: 'sent' },
  { row: 'M16', point: 'O5', when: 'before the 250', state: 'ambiguous', sent: 1, inTheEnd: 1, ends: 'failed' },
  { row: 'M17', point: 'O6', when: 'after the 250', state: 'ambiguous', sent: 1, inTheEnd: 1, ends: 'failed' },
];

test.concurrent.each(ACKNOWLEDGED)(
  '$row: an acknowledgement, killed at $point, $when: $inTheEnd in the end',
  async ({ point, state, sent, inTheEnd, ends }) => {
    const desk = await newDesk({ DNS_SERVERS: navy.dns.address });
    await desk.deliver('1.first', await navy.sign(shortMail({ id: 'q1', subject: 'First' })));
    await desk.dieAt(`${point}:1`);
    expect(await desk.query('select state from outbound_message')).toEqual([{ state }]);
    await eventually('what is on the wire arrives', () => desk.sent.length >= sent);
    expect(desk.sent).toHaveLength(sent);

    await desk.recover();
    const [row] = await desk.query<{ state: string; reason: string | null }>(
      'select state, reason from outbound_message',
    );
    expect(row?.state).toBe(ends);
    if (ends === 'failed') expect(row?.reason).toMatch(/^Perhaps sent/);
    expect(desk.sent).toHaveLength(inTheEnd);
  },
);
