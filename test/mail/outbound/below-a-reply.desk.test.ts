import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { parseMessage } from '../../../src/mail/inbound/parse/parse-message.ts';
import type { MailTransport } from '../../../src/mail/transports/transport.ts';
import type { Employee } from '../../../src/people/employee.ts';
import type { Ticket } from '../../../src/tickets/ticket.ts';
import { useDesk } from '../../support/desk.ts';
import { setSettings } from '../../support/settings.ts';
import { outbox } from './outbox.ts';

const desk = useDesk();
const { person, open, comment, notify, send } = outbox(desk);
const agent = (signature: string) =>
  person({ role: 'coordinator', firstName: 'Marta', lastName: 'Kowalska', signature });

/** The mail that a reply becomes, as it is handed to the server. */
async function mailOf(ticket: Ticket, author: Employee, body: string) {
  await comment(ticket, author, body);
  const rows = await notify();
  const [row] = rows.filter(({ template }) => template === 'public-reply');
  let mime = Buffer.alloc(0);
  const transport: MailTransport = {
    send: ({ mime: handed }) => {
      mime = Buffer.from(handed);
      return Promise.resolve({ kind: 'sent', response: '250 ok' });
    },
    close: () => Promise.resolve(),
  };
  await send([row?.id ?? 0], { transport });
  const { text = '', html } = await simpleParser(mime);
  return { mime, text, html: String(html) };
}

test('a person of staff writes with lines of their own, in both parts, and without them with name and desk', async () => {
  const ticket = await open(await person(), { notify: false });
  const own = await mailOf(ticket, await agent('Marta K.\n<b>Service</b> & Support, room 4'), 'Plug it in.');
  expect(own.text).toContain('Plug it in.\n\nMarta K.\n<b>Service</b> & Support, room 4\n');
  expect(own.text).not.toContain('Marta Kowalska\n');
  expect(own.html).toMatch(/Marta K\.<br[^>]*>\s*&lt;b&gt;Service&lt;\/b&gt; &amp; Support, room 4/);
  const plain = await mailOf(ticket, await agent(''), 'Or wait.');
  expect(plain.text).toContain('Or wait.\n\nMarta Kowalska\nSmartSupport\n');
});

test('a requester who has a signature has none in mails of the desk', async () => {
  const [ana, ben] = [await person({ signature: 'Buy now' }), await person()];
  const ticket = await open(ana, { notify: false });
  await desk().transaction((tx) =>
    tx.em.execute(
      `insert into participant (ticket_id, employee_id, state, created_at) values (?, ?, 'confirmed', now())`,
      [ticket.id, ben.id],
    ),
  );
  const { text } = await mailOf(ticket, ana, 'It is still dark.');
  expect(text).toContain('It is still dark.\n\nAna Reyes\n');
  expect(text).not.toContain('Buy now');
});

test('the message that a reply answers is quoted below it where the settings say so, never what waits or is internal', async () => {
  const marta = await agent('');
  const ana = await person();
  const ticket = await open(ana, { body: `It stays dark, ${'whatever I do with it '.repeat(5)}.\n\n> Older <words>` });
  const without = await mailOf(ticket, marta, 'First answer.');
  expect(without.text).not.toContain('It stays dark');

  await setSettings(desk(), { quote_history: true });
  await comment(ticket, ana, 'Still dark.\n\nI tried it.');
  await comment(ticket, marta, 'A note among us.', { visibility: 'internal' });
  const later = new Date(Date.now() + 3_600_000);
  await comment(ticket, marta, 'A reply of tomorrow.', { heldUntil: later });
  const quoting = await mailOf(ticket, marta, 'Second answer.');
  expect(quoting.text).toMatch(/^Second answer\.\n[^>]*, Ana Reyes wrote:\n> Still dark\.\n>\n> I tried it\.\n/);
  expect(quoting.html).toMatch(/Ana Reyes wrote:<\/p>\s*<blockquote[^>]*>\s*<p[^>]*>Still dark\.<\/p>/);
  expect(quoting.text + quoting.html).not.toMatch(/among us|tomorrow|First answer/);
  expect(quoting.text.split('\n').every((line) => line.length <= 76)).toBe(true);

  // Who answers in the same way is understood: the quotation is no part of the new words.
  const { reply } = await parseMessage(quoting.mime, { blobs: desk().blobs }).then((result) =>
    result.ok ? result.mail : { reply: '' },
  );
  expect(reply).toContain('Second answer.');
  expect(reply).not.toContain('I tried it.');
});
