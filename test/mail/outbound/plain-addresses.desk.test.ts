import { simpleParser, type AddressObject } from 'mailparser';
import { beforeAll, expect, test } from 'vitest';
import { newActor } from '../../support/actors.ts';
import { useDesk } from '../../support/desk.ts';
import { report } from '../inbound/delivery-report.ts';
import { outbox } from './outbox.ts';

const desk = useDesk({ web: true });
const { person, comment, notify, row, send } = outbox(desk);

beforeAll(async () => {
  const admin = await newActor(desk(), 'admin');
  const { mailbox } = desk();
  const answer = await admin.send('PATCH', `/api/mailboxes/${mailbox.id}`, {
    version: mailbox.version,
    plus_addressing: false,
  });
  expect(answer).toMatchObject({ status: 200, body: { plus_addressing: false } });
});

const mail = (head: string, text: string) =>
  `From: Ana <ana@maravia.example>\nTo: support@localhost\nDate: Mon, 05 Jan 2026 08:00:00 +0000\n${head}\n\n${text}\n`;

/** An answer of staff to a request by mail, as it went out. */
async function answered(subject: string) {
  const { ticketId } = await desk().receive(
    mail(`Subject: ${subject}\nMessage-ID: <${subject}@maravia.example>`, 'Help.'),
  );
  const marta = await person({ role: 'coordinator' });
  await comment({ id: ticketId } as Parameters<typeof comment>[0], marta, 'Which lamp is it?');
  const made = (await notify()).find(({ template }) => template === 'public-reply');
  if (!made) throw new Error('The answer makes no mail');
  const before = desk().caught.mails.length;
  await send([made.id]);
  const sent = desk().caught.mails.slice(before)[0];
  if (!sent) throw new Error('The answer did not go out');
  return { ticketId, made, sent };
}

test('where support+…@ is not delivered, mails name the plain address, and a reply is known by the mail that it answers', async () => {
  const { ticketId, sent } = await answered('lamp');
  const { replyTo, messageId = '' } = await simpleParser(sent.raw);
  expect((replyTo as AddressObject | undefined)?.value).toMatchObject([{ address: 'support@localhost' }]);
  expect(sent.from).toBe('support@localhost');
  expect(sent.raw).not.toContain('support+');

  const reply = await desk().receive(
    mail(`Subject: something else\nMessage-ID: <reply@maravia.example>\nIn-Reply-To: ${messageId}`, 'The blue one.'),
  );
  expect(reply).toMatchObject({ ticketId, state: 'applied' });
  const [last] = await desk().transaction((tx) =>
    tx.em.execute<{ body: string; visibility: string; trust: string }[]>(
      'select body, visibility, trust from comment where ticket_id = ? order by id desc limit 1',
      [ticketId],
    ),
  );
  expect(last).toEqual({ body: 'The blue one.', visibility: 'public', trust: 'T3' });
});

test('and a bounce is tied to its mail by what it returns', async () => {
  const { made } = await answered('door');
  const returned = report({ to: 'support@localhost', about: made.messageId ?? '' });
  const inbound = await desk().receive(returned);
  expect(inbound).toMatchObject({ state: 'suppressed', decision: 'record-bounce' });
  expect(await row(made.id)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/^Came back/) });
});
