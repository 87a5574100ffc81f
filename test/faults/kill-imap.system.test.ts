import { expect, test } from 'vitest';
import type { FaultPoint } from '../../src/fault-point.ts';
import { DONE_KEYWORD } from '../../src/mail/sources/imap-source.ts';
import { useDovecotDesks } from './dovecot-desks.ts';
import type { FaultDesk } from './fault-desk.ts';
import { mailWithFile } from './mails.ts';

const { dovecot, deskOf } = useDovecotDesks();

const bothListed = async (desk: FaultDesk) => (await desk.query('select id from inbound_message')).length === 2;

async function expectOneTicketEach(desk: FaultDesk, user: string): Promise<void> {
  const tickets = await desk.query<{ subject: string; comments: number; files: number }>(
    `select t.subject, t.comment_count as comments, t.attachment_count as files from ticket t order by t.subject`,
  );
  expect(tickets).toEqual(['First', 'Second'].map((subject) => ({ subject, comments: 1, files: 1 })));
  expect(await desk.query(`select id from inbound_message where state <> 'applied'`)).toEqual([]);
  // Told of as done, and otherwise as the person left them.
  expect([...(await dovecot().flags(user)).values()]).toEqual([[DONE_KEYWORD], [DONE_KEYWORD]]);
}

/** Where the server has a part in it. What comes between does not know the source: kill-inbound shows it. */
const INBOUND: [row: string, point: FaultPoint, when: string, states: RegExp, told: boolean][] = [
  ['M01', 'D1', 'before the ledger rows and the cursor are committed', /^$/, false],
  ['M02', 'D2', 'after they are committed', /^discovered discovered$/, false],
  ['M03', 'F1', 'in the middle of the raw bytes', /discovered/, false],
  ['M05', 'F3', 'with the blob stored and no row', /^discovered discovered$/, false],
  ['M08', 'A3', 'after the commit, the source not told', /applied/, false],
  ['M09', 'A4', 'after the source was told', /applied/, true],
];

test.concurrent.each(INBOUND)(
  '%s on IMAP: killed at %s, %s: nothing is lost, nothing twice',
  async (row, point, _, states, told) => {
    const user = row.toLowerCase();
    await dovecot().deliver(user, mailWithFile({ id: 'q1', subject: 'First', lines: 90_000 })); // large: it comes in pieces
    await dovecot().deliver(user, mailWithFile({ id: 'q2', subject: 'Second' }));
    const desk = await deskOf(user);
    await desk.dieAt(`${point}:1`);
    const ledger = await desk.query<{ state: string }>('select state from inbound_message order by id');
    expect(ledger.map(({ state }) => state).join(' ')).toMatch(states);
    expect((await dovecot().keysWith(user, DONE_KEYWORD)).length > 0).toBe(told);
    await desk.recover(() => bothListed(desk));
    await expectOneTicketEach(desk, user);
  },
);
