import { createHash } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, test } from 'vitest';
import { PERHAPS_SENT } from '../../../src/mail/outbound/claim.ts';
import type { OutboundMessage } from '../../../src/mail/outbound/outbound-message.ts';
import { recoverOutbox } from '../../../src/mail/outbound/recover-outbox.ts';
import { bounceAddress, readReplyAddress } from '../../../src/mail/reply-token.ts';
import { smtpTransport } from '../../../src/mail/transports/smtp-transport.ts';
import type { MailTransport, SendResult } from '../../../src/mail/transports/transport.ts';
import { Attachment } from '../../../src/tickets/attachment.ts';
import { Ticket } from '../../../src/tickets/ticket.ts';
import { useDesk, type TestDesk } from '../../support/desk.ts';
import { scriptedSmtp, type Script } from '../transports/scripted-smtp.ts';
import { setSettings } from '../../support/settings.ts';
import { outbox } from './outbox.ts';

let now = new Date('2026-11-23T09:02:00Z');
const later = (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000));
const desk = useDesk({ clock: () => now });
const { person, open, comment, move, notify, row, send } = outbox(desk);
const staff = () => person({ role: 'coordinator', firstName: 'Marta', lastName: 'Kowalska' });

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});

/** An acknowledgement that waits to be sent. */
async function aReceipt(): Promise<OutboundMessage> {
  await open(await person());
  return (await notify())[0]!;
}

/** A reply of staff that waits to be sent. */
async function aReply(email?: string): Promise<OutboundMessage> {
  const ticket = await open(await person(email === undefined ? {} : { email }), { notify: false });
  await comment(ticket, await staff(), 'Plug it in.');
  return (await notify())[0]!;
}

async function server(script: Script) {
  const smtp = await scriptedSmtp(script);
  const transport = smtpTransport({ host: '127.0.0.1', port: smtp.port, secure: false, auth: null });
  closing.push(transport, smtp);
  return { smtp, transport };
}

/** A transport whose answers are given, and that keeps what it was handed. */
function answering(...results: SendResult[]) {
  const handed: { from: string; to: string; mime: Buffer }[] = [];
  const transport: MailTransport = {
    async send({ envelope, mime, beforeData }) {
      await beforeData?.();
      handed.push({ ...envelope, mime });
      return results.shift() ?? { kind: 'sent', response: '250 ok' };
    },
    close: () => Promise.resolve(),
  };
  return { handed, transport };
}

describe('a reply of staff', () => {
  test('arrives from a person, threaded, with an address that brings the answer back', async () => {
    const ana = await person({ email: 'ana.thread@maravia.example', status: 'contact' });
    const mail = `From: Ana Reyes <${ana.email}>\r\nTo: support@localhost\r\nSubject: Laptop\r\nMessage-ID: <first@maravia.example>\r\n\r\nIt stays dark.\r\n`;
    const inbound = await desk().receive(mail);
    const [receipt] = await notify();
    await send([receipt!.id]);
    const ticket = await desk().transaction(({ em }) => em.findOneOrFail(Ticket, inbound.ticketId ?? 0));
    await comment(ticket, await staff(), 'Plug it in.');
    const [reply] = await notify();
    await send([reply!.id]);

    expect(await row(reply!.id)).toMatchObject({ state: 'sent', reason: null, attempts: 1, leaseToken: null });
    const caught = desk().caught.mails.filter(({ to }) => to.includes(ana.email));
    expect(caught.map(({ from, to }) => [from, to])).toEqual([
      ['', [ana.email]],
      [reply!.envelopeFrom, [ana.email]],
    ]);
    const [first, second] = await Promise.all(caught.map(({ raw }) => simpleParser(raw)));
    expect(first?.inReplyTo).toBe('<first@maravia.example>');
    expect(first?.references).toEqual(['<first@maravia.example>', receipt!.messageId]);
    expect(first?.headers.get('auto-submitted')).toBe('auto-replied');
    expect(first?.subject).toBe(`We have your request, ${first?.subject?.match(/TX\d+/)?.[0]}`);
    expect(second?.from?.text).toBe('"Marta Kowalska via SmartSupport" <support@localhost>');
    expect(second?.inReplyTo).toBe(receipt!.messageId);
    expect(second?.references).toEqual(['<first@maravia.example>', receipt!.messageId, reply!.messageId]);
    expect(second?.headers.get('auto-submitted')).toBeUndefined();
    expect(second?.subject).toBe('Re: Laptop');
    expect(second?.text).toContain('Plug it in.');
    const replyTo = second?.replyTo?.value[0]?.address ?? '';
    expect(readReplyAddress(desk().secrets.replyTokens, desk().mailbox, replyTo)).toEqual({
      ticketId: inbound.ticketId,
      participantId: reply!.participant?.id,
    });
  });

  test('that was formatted arrives formatted, with a text that says the same', async () => {
    const ticket = await open(await person(), { notify: false });
    await comment(ticket, await staff(), 'Please:\n\n- unplug it\n- wait <https://a.example/wait>', {
      html: '<p><strong>Please:</strong></p><ul><li><p>unplug it</p></li><li><p><a href="https://a.example/wait">wait</a></p></li></ul>',
    });
    const [reply] = await notify();
    const { handed, transport } = answering();
    await send([reply!.id], { transport });
    const { html, text } = await simpleParser(handed[0]!.mime);
    expect(html).toContain('<strong>Please:</strong>');
    expect(html).toMatch(
      /<ul [^>]*style="[^"]*"[^>]*><li>unplug it<\/li><li><a [^>]*href="https:\/\/a\.example\/wait"/,
    );
    expect(text).toContain('Please:\n\n- unplug it\n- wait <https://a.example/wait>\n');
  });

  test('T10: sends nothing but what an editor makes, and no html of a mail', async () => {
    const ana = await person();
    const ticket = await open(ana, { notify: false });
    const evil = '<p onclick="x()">Plug it in.<img src="https://spy.example/x"><script>alert(1)</script></p>';
    const marta = await staff();
    await comment(ticket, marta, 'Plug it in.', { html: evil });
    await comment(ticket, marta, 'From a mail.', { html: '<h1>From a mail.</h1>', channel: 'mail', trust: 'T3' });
    const replies = await notify();
    const { handed, transport } = answering();
    await send(
      replies.map(({ id }) => id),
      { transport },
    );
    const [written, mailed] = await Promise.all(handed.map(async ({ mime }) => (await simpleParser(mime)).html || ''));
    expect(written).toMatch(/<p [^>]*>Plug it in\.<\/p>/);
    expect(written).not.toMatch(/onclick|<img|spy\.example|alert/);
    expect(mailed).toMatch(/<p [^>]*>From a mail\.<\/p>/);
  });

  test('carries the files of its comment, and only names those that are too large together', async () => {
    const [ana, marta] = [await person(), await staff()];
    const blob = await desk().blobs.put(Buffer.from('a manual'));
    for (const [limit, attached] of [
      [100, true],
      [5, false],
    ] as const) {
      const ticket = await open(ana, { notify: false });
      const written = await comment(ticket, marta, 'See the manual.');
      await desk().transaction(async ({ em, now }) => {
        for (const [filename, visibility, scan] of [
          ['manual.pdf', 'public', 'clean'],
          ['notes.txt', 'internal', 'clean'],
          ['worm.exe', 'public', 'infected'],
        ] as const)
          em.create(Attachment, {
            ...{
              ticket: ticket.id,
              comment: written,
              uploader: marta.id,
              filename,
              visibility,
              scan,
              createdAt: now,
            },
            ...{ sha256: blob.sha256, size: blob.size, contentType: 'application/pdf' },
          });
      });
      const [reply] = await notify();
      const { handed, transport } = answering();
      await send([reply!.id], { transport, attachmentLimit: limit });
      const parsed = await simpleParser(handed[0]!.mime);
      expect(parsed.attachments.map(({ filename }) => filename)).toEqual(attached ? ['manual.pdf'] : []);
      expect(parsed.text?.includes('manual.pdf')).toBe(!attached);
      expect(parsed.text).not.toMatch(/notes|worm/);
    }
  });

  test('T07: repeats neither the words nor the name of a stranger in a receipt', async () => {
    const spam = await person({ status: 'contact', firstName: 'Buy-now', lastName: 'evil.example' });
    await open(spam, { channel: 'mail', facts: { trust: 'T2' }, subject: 'Buy now at evil.example', body: 'Buy now' });
    const [receipt] = await notify();
    const { handed, transport } = answering();
    await send([receipt!.id], { transport });
    const parsed = await simpleParser(handed[0]!.mime);
    expect(`${parsed.subject}${parsed.text}${parsed.html || ''}`).not.toMatch(/buy|evil/i);
    expect(handed[0]!.mime.toString()).not.toMatch(/buy|evil/i);
  });
});

describe('M44: what an answer of the server makes of a row', () => {
  const reply = [
    [
      '451 to RCPT',
      { rcpt: '451 4.7.1 later' },
      { state: 'pending', reason: 'Not sent yet: 451 4.7.1 later', smtpResponse: '451 4.7.1 later' },
    ],
    ['451 after the message', { message: '451 4.3.0 later' }, { state: 'pending' }],
    ['550 to RCPT', { rcpt: '550 5.1.1 nobody here' }, { state: 'failed', reason: 'Refused: 550 5.1.1 nobody here' }],
    ['554 after the message', { message: '554 5.7.1 spam' }, { state: 'failed', reason: 'Refused: 554 5.7.1 spam' }],
    ['an end after RCPT', { rcpt: 'drop' }, { state: 'pending' }],
    ['an end after the final dot', { message: 'drop' }, { state: 'ambiguous' }],
    ['250', {}, { state: 'sent', smtpResponse: '250 2.0.0 taken', reason: null }],
  ] as const;
  test.each(reply)('a reply and %s', async (_, script, expected) => {
    const { id } = await aReply();
    await send([id], await server(script));
    expect(await row(id)).toMatchObject({ ...expected, attempts: 1, leaseToken: null, leaseUntil: null });
  });

  test.each([
    ['an end after RCPT', { rcpt: 'drop' }, { state: 'pending' }],
    ['an end after DATA', { data: 'drop' }, { state: 'pending' }],
    ['an end after the final dot', { message: 'drop' }, { state: 'failed', reason: PERHAPS_SENT }],
    ['250', {}, { state: 'sent' }],
  ] as const)('a receipt, sent at most once, and %s', async (_, script, expected) => {
    const { id } = await aReceipt();
    await send([id], await server(script));
    expect(await row(id)).toMatchObject(expected);
  });

  test('one message is one RCPT in a session of its own', async () => {
    const ids = [(await aReply()).id, (await aReply()).id, (await aReceipt()).id];
    const { smtp, transport } = await server({});
    await send(ids, { transport, concurrency: 1 });
    expect(smtp.messages).toHaveLength(3);
    const commands = smtp.sessions
      .flat()
      .filter((line) => /^(MAIL|RCPT|DATA)/.test(line))
      .map((line) => line.slice(0, 4));
    expect(commands).toEqual(Array(3).fill(['MAIL', 'RCPT', 'DATA']).flat());
  });
});

describe('another try', () => {
  test('waits 1, 2, 4 … minutes and then sends the same bytes', async () => {
    const { id } = await aReply();
    const busy: SendResult = { kind: 'refused', code: 451, response: '451 later', permanent: false };
    const { handed, transport } = answering(busy, busy, { kind: 'unknown', error: 'gone' });
    const pauses = [];
    for (let n = 0; n < 3; n++) {
      await send([id], { transport });
      await send([id], { transport }); // not due: nothing happens
      const { sendAfter } = await row(id);
      pauses.push((sendAfter.getTime() - now.getTime()) / 60_000);
      now = sendAfter;
    }
    await send([id], { transport });
    expect(pauses).toEqual([1, 2, 4]);
    const sent = await row(id);
    expect(sent).toMatchObject({ state: 'sent', attempts: 4 });
    expect(handed).toHaveLength(4);
    expect(new Set(handed.map(({ mime }) => createHash('sha256').update(mime).digest('hex')))).toEqual(
      new Set([sent.mimeSha256]),
    );
  });

  test('is given up after 72 hours', async () => {
    const { id } = await aReply();
    const down = () => answering({ kind: 'unreached', error: 'connect ECONNREFUSED' }).transport;
    await send([id], { transport: down() });
    later(71 * 60);
    await send([id], { transport: down() });
    expect(await row(id)).toMatchObject({ state: 'pending' });
    later(60);
    await send([id], { transport: down() });
    expect(await row(id)).toMatchObject({ state: 'failed', reason: 'Given up after 72 hours: connect ECONNREFUSED' });
  });

  test('has an end when a server takes messages and never says so', async () => {
    const { id } = await aReply();
    const { handed, transport } = answering(
      ...Array.from({ length: 20 }, (): SendResult => ({ kind: 'unknown', error: 'gone' })),
    );
    for (let n = 0; n < 10; n++) {
      await send([id], { transport });
      later(300);
    }
    expect(handed).toHaveLength(5);
    expect(await row(id)).toMatchObject({ state: 'failed', reason: PERHAPS_SENT });
  });
});

test('R6: where a server takes no <> as sender, a receipt goes out from its bounce address, once', async () => {
  const made = await aReceipt();
  const noNull: SendResult = {
    kind: 'refused',
    code: 501,
    response: '501 no null sender',
    permanent: true,
    sender: true,
  };
  const { handed, transport } = answering(noNull);
  await send([made.id], { transport });
  const { keyring } = desk().jobs.send;
  expect(handed.map(({ from }) => from)).toEqual(['', bounceAddress(keyring, desk().mailbox, made.id)]);
  expect(await row(made.id)).toMatchObject({ state: 'sent', attempts: 1 });
});

describe('a sender that went away in the middle', () => {
  /** Claims the row as a process does that then dies at a moment of the sending. */
  const dieAt = async (id: number, moment: 'before' | 'after') => {
    const transport: MailTransport = {
      async send({ beforeData }) {
        if (moment === 'after') await beforeData?.();
        throw new Error('killed');
      },
      close: () => Promise.resolve(),
    };
    await expect(send([id], { transport })).rejects.toThrow('killed');
  };

  test.each([
    ['M15: a receipt that had not left', aReceipt, 'before', 1, { state: 'sent', attempts: 2 }],
    ['M16: a receipt that was on its way', aReceipt, 'after', 0, { state: 'failed', reason: PERHAPS_SENT }],
    ['M16: a reply that was on its way', aReply, 'after', 1, { state: 'sent', attempts: 2 }],
  ] as const)('%s', async (_, make, moment, mails, expected) => {
    const { id } = await make();
    await dieAt(id, moment);
    const { handed, transport } = answering();
    await send([id], { transport });
    expect(handed).toHaveLength(0); // the lease holds
    expect(await desk().transaction(recoverOutbox)).not.toContain(id);
    later(3);
    expect(await desk().transaction(recoverOutbox)).toContain(id);
    await send([id], { transport });
    expect(handed).toHaveLength(mails);
    expect(await row(id)).toMatchObject(expected);
    later(3);
    expect(await desk().transaction(recoverOutbox)).not.toContain(id);
  });

  test('and comes back late writes nothing over who took its row', async () => {
    const { id } = await aReply();
    const { transport } = answering();
    const slow: MailTransport = {
      async send() {
        later(3);
        await send([id], { transport });
        return { kind: 'refused', code: 550, response: '550 no', permanent: true };
      },
      close: () => Promise.resolve(),
    };
    await send([id], { transport: slow });
    expect(await row(id)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  test('is found by two workers, and one of them sends', async () => {
    const ids = [(await aReply()).id, (await aReply()).id, (await aReply()).id];
    const { handed, transport } = answering();
    await Promise.all([send(ids, { transport }), send(ids, { transport }), send(ids, { transport })]);
    expect(handed).toHaveLength(3);
  });
});

test('no more mails a minute go to one domain than the settings say; those to others are not delayed', async () => {
  await setSettings(desk(), { mails_per_domain: 2 });
  later(5); // what went before does not count
  const [slow, quick] = [[], []] as [number[], number[]];
  for (let n = 0; n < 5; n++) slow.push((await aReply(`slow${n}@slow.example`)).id);
  for (let n = 0; n < 2; n++) quick.push((await aReply(`quick${n}@quick.example`)).id);
  const { handed, transport } = answering();
  const sentTo = async () => {
    handed.length = 0;
    await send([...slow, ...quick], { transport });
    return handed.map(({ to }) => to).toSorted();
  };
  expect(await sentTo()).toEqual([
    ...['quick0@quick.example', 'quick1@quick.example', 'slow0@slow.example', 'slow1@slow.example'],
  ]);
  expect(await row(slow[2]!)).toMatchObject({
    state: 'pending',
    attempts: 0,
    reason: expect.stringContaining('Waits'),
  });
  expect(await sentTo()).toEqual([]);
  later(1);
  expect(await sentTo()).toEqual(['slow2@slow.example', 'slow3@slow.example']);
  later(1);
  expect(await sentTo()).toEqual(['slow4@slow.example']);
  expect(await row(slow[4]!)).toMatchObject({ state: 'sent', reason: null });
  await setSettings(desk(), { mails_per_domain: 0 });
});

describe('rows that there is no time for', () => {
  test('are given back untouched', async () => {
    const ids = [];
    for (let n = 0; n < 6; n++) ids.push((await aReply()).id);
    const { handed, transport } = answering();
    await send(ids, { transport, beginMs: 0, concurrency: 2 });
    expect(handed).toHaveLength(2);
    const states = (await Promise.all(ids.map(row))).map(({ state, attempts }) => `${state} ${attempts}`);
    expect(states.toSorted()).toEqual([...Array<string>(4).fill('pending 0'), 'sent 1', 'sent 1']);
    await send(ids, { transport });
    expect(handed).toHaveLength(6);
  });
});

describe('a row that cannot be composed', () => {
  test('does not hold up the others, and tries again', async () => {
    const [bad, good] = [await aReply(), await aReply()];
    const templates = {
      ...desk().jobs.send.templates,
      render: (...given: Parameters<TestDesk['jobs']['send']['templates']['render']>) => {
        if ('ticket' in given[2] && given[2].ticket.number === number) throw new Error('broken template');
        return desk().jobs.send.templates.render(...given);
      },
    };
    const number = await numberOf(bad);
    const { handed, transport } = answering();
    await send([bad.id, good.id], { transport, templates });
    expect(handed.map(({ to }) => to)).toEqual([good.recipient]);
    expect(await row(bad.id)).toMatchObject({
      state: 'pending',
      attempts: 1,
      reason: 'It cannot be composed now; the log says why',
    });
    later(2);
    await send([bad.id], { transport });
    expect(await row(bad.id)).toMatchObject({ state: 'sent' });
  });

  test('T17: with an address that is none is kept back for good', async () => {
    const { id } = await aReply();
    await desk().transaction(({ em }) =>
      em.execute(`update outbound_message set recipient = 'a@x, evil@y' where id = ?`, [id]),
    );
    const { handed, transport } = answering();
    await send([id], { transport });
    expect(handed).toEqual([]);
    expect(await row(id)).toMatchObject({
      state: 'suppressed',
      reason: 'It cannot be sent: the address is not one plain line',
    });
  });

  test('because its ticket is gone says so', async () => {
    const { id } = await aReply();
    await desk().transaction(({ em }) => em.execute('update outbound_message set ticket_id = null where id = ?', [id]));
    await send([id], answering());
    expect(await row(id)).toMatchObject({ state: 'suppressed', reason: 'What it was about is gone' });
  });

  const numberOf = async ({ ticket }: OutboundMessage) => {
    const [found] = await desk().transaction(({ em }) =>
      em.execute<{ number: string }[]>('select number from ticket where id = ?', [ticket?.id]),
    );
    return `TX${found!.number.padStart(4, '0')}`;
  };
});

test('a suppressed row is never sent', async () => {
  const { id } = await aReply();
  await desk().transaction(({ em }) =>
    em.execute(`update outbound_message set state = 'suppressed', reason = 'x' where id = ?`, [id]),
  );
  const { handed, transport } = answering();
  await send([id], { transport });
  expect(handed).toEqual([]);
});

test('a change of status is told in the words of its status', async () => {
  const [ana, marta] = [await person({ locale: 'de' }), await staff()];
  const ticket = await open(ana, { notify: false });
  await move(ticket, { name: 'reject', actor: marta, reason: 'Dafür ist die Haustechnik da.' });
  const [notice] = await notify();
  const { handed, transport } = answering();
  await send([notice!.id], { transport });
  const parsed = await simpleParser(handed[0]!.mime);
  expect(parsed.subject).toMatch(/^Das können wir nicht tun: TX\d+$/);
  expect(parsed.text).toContain('Das können wir nicht tun:\n\nDafür ist die Haustechnik da.');
  expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
  expect(parsed.from?.text).toBe('"SmartSupport" <support@localhost>');
  expect(handed[0]?.from).toMatch(/^support\+b\./);
});
