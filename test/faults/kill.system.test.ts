import { createTransport } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import type { FaultPoint } from '../../src/fault-point.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';

const newDesk = useFaultDesks();

/** Three pieces and a file, so that there is a middle to die in. */
const mail = (id: string, subject: string) => `From: Grace Hopper <grace@navy.example>
To: support@desk.example
Subject: ${subject}
Message-ID: <${id}@navy.example>
Date: Mon, 05 Jan 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=cut

--cut
Content-Type: text/plain; charset=utf-8

There is a moth in relay 70.

--cut
Content-Type: text/plain; name=log.txt
Content-Disposition: attachment; filename=log.txt

${'relay open, relay closed\n'.repeat(8000)}
--cut--
`;

async function expectOneTicketEach(desk: FaultDesk, subjects: readonly string[]): Promise<void> {
  const tickets = await desk.query<{ subject: string; comments: number; files: number }>(
    `select t.subject, t.comment_count as comments, t.attachment_count as files from ticket t order by t.subject`,
  );
  expect(tickets).toEqual(subjects.map((subject) => ({ subject, comments: 1, files: 1 })));
  expect(await desk.query(`select id from inbound_message where state <> 'applied'`)).toEqual([]);
}

describe('kill -9 while a mail comes in', () => {
  const rows: [row: string, point: FaultPoint, when: string][] = [
    ['M01', 'D1', 'before the ledger rows and the cursor are committed'],
    ['M02', 'D2', 'after they are committed'],
    ['M03', 'F1', 'in the middle of the raw bytes'],
    ['M04', 'F2', 'with all bytes written and no blob'],
    ['M05', 'F3', 'with the blob stored and no row'],
    ['M06', 'A1', 'inside the transaction, the ticket written'],
    ['M07', 'A2', 'just before the commit'],
    ['M08', 'A3', 'after the commit, the source not told'],
    ['M09', 'A4', 'after the source was told'],
  ];
  test.each(rows)('%s: %s, %s: nothing is lost, nothing twice', async (_, point) => {
    const desk = await newDesk();
    await desk.deliver('1.first', mail('q1', 'First'));
    await desk.deliver('2.second', mail('q2', 'Second'));
    await desk.dieAt(`${point}:1`);
    if (['D1', 'D2', 'F1', 'F2', 'F3', 'A1', 'A2', 'A3'].includes(point))
      expect((await desk.maildir()).new).toHaveLength(2); // acknowledged only after the commit
    await desk.recover();
    await expectOneTicketEach(desk, ['First', 'Second']);
    const { cur } = await desk.maildir();
    expect(cur.toSorted()).toEqual(['1.first:2,S', '2.second:2,S']);
  });

  test.each<[string, FaultPoint]>([
    ['M10', 'F3'],
    ['M11', 'A2'],
  ])('%s: %s twice in a row', async (_, point) => {
    const desk = await newDesk();
    await desk.deliver('1.first', mail('q1', 'First'));
    await desk.dieAt(`${point}:1`);
    await desk.dieAt(`${point}:1`);
    await desk.recover();
    await expectOneTicketEach(desk, ['First']);
  });

  test.each<FaultPoint>(['F1', 'F3', 'A2'])(
    'by SMTP at %s: whoever got no 250 sends it again, and it is one ticket',
    async (point) => {
      const desk = await newDesk();
      const send = () =>
        createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true }).sendMail({
          envelope: { from: 'grace@navy.example', to: 'support@desk.example' },
          raw: mail('q1', 'First'),
        });
      let accepted = false;
      await desk.dieAt(`${point}:1`, async () => {
        await send();
        accepted = true;
      });
      if (!accepted) {
        const again = desk.launch();
        await again.running();
        await send();
        again.process.kill('SIGTERM');
        await again.ended;
      }
      await desk.recover();
      await expectOneTicketEach(desk, ['First']);
    },
  );
});

describe('kill -9 while an answer goes out', () => {
  const rows: [row: string, point: FaultPoint, when: string, most: number][] = [
    ['M12', 'O1', 'the row written, not committed', 1],
    ['M13', 'O2', 'committed, not claimed', 1],
    ['M14', 'O3', 'claimed, nothing sent', 1],
    ['M15', 'O4', 'recipient accepted, no data sent', 1],
    ['M16', 'O5', 'after the final dot, before the 250', 2],
    ['M17', 'O6', 'after the 250, before the row says sent', 2],
    ['M18', 'O7', 'the row says sent, the job is not completed', 1],
  ];
  test.each(rows)('%s: %s, %s: it arrives, at most %i times with the same bytes', async (_, point, __, most) => {
    const desk = await newDesk();
    await desk.deliver('1.first', mail('q1', 'First'));
    await desk.recover();
    expect(desk.sent).toEqual([]); // nobody proved who Grace is: no acknowledgement

    const [ticket] = await desk.query<{ id: string }>('select id from ticket');
    await desk.dieAt(`${point}:1`, async () => {
      const staff = await desk.staff();
      const { status } = await staff.post(`/api/tickets/${ticket?.id}/comments`, { body: 'We took it out.' });
      expect(status).toBe(201);
    });
    await desk.recover();

    expect(desk.sent.length).toBeGreaterThanOrEqual(1);
    expect(desk.sent.length).toBeLessThanOrEqual(most);
    expect(new Set(desk.sent).size).toBe(1); // the same bytes, so the same Message-ID
    const outbound = await desk.query(`select state, recipient from outbound_message where template = 'public-reply'`);
    expect(outbound).toEqual([{ state: 'sent', recipient: 'grace@navy.example' }]);
  });
});
