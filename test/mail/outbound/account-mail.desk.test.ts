import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { notifyAccounts } from '../../../src/mail/outbound/notify-accounts.ts';
import { OutboundMessage } from '../../../src/mail/outbound/outbound-message.ts';
import { readBounceAddress, readOutboundMessageId } from '../../../src/mail/reply-token.ts';
import type { MailTransport, SendResult } from '../../../src/mail/transports/transport.ts';
import { endLinks, makeLink, useLink, type LinkPurpose } from '../../../src/people/account-link.ts';
import { sendAccountNotice, type NewAccountNotice } from '../../../src/people/account-notice.ts';
import type { Employee } from '../../../src/people/employee.ts';
import { accountMails, tokenOf } from '../../support/account-mails.ts';
import { useDesk } from '../../support/desk.ts';
import { outbox, told } from './outbox.ts';

let now = new Date('2026-11-23T09:02:00Z');
const desk = useDesk({ clock: () => now });
const { person, row, send } = outbox(desk);
const { notify, mailTo, tokenFor } = accountMails(desk);

/** A mail that is due, with a link when a purpose is given; its row is written as the worker writes it. */
async function due(employee: Employee, given: Partial<NewAccountNotice> = {}, purpose?: LinkPurpose) {
  await desk().transaction(async (tx) => {
    const linkId = purpose ? await makeLink(tx, desk().secrets.links, { employeeId: employee.id, purpose }) : null;
    await sendAccountNotice(tx, { employeeId: employee.id, template: 'reset-password', linkId, ...given });
  });
  return (await notify())[0]!;
}

const use = (purpose: LinkPurpose, token: string) => desk().transaction((tx) => useLink(tx, purpose, token));

/** Every value that the database holds, as text; bytes are in hex. */
async function everything(): Promise<string> {
  const tables = await desk().transaction(({ em }) =>
    em.execute<{ name: string }[]>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'pgboss')`,
    ),
  );
  const dumps = [];
  for (const { name } of tables)
    dumps.push(JSON.stringify(await desk().transaction(({ em }) => em.execute(`select t::text from ${name} t`))));
  return dumps.join('\n');
}

const forms = (token: string) => [token, Buffer.from(token.slice(0, 20)).toString('hex')];

/** A transport whose answers are given, and that keeps what it was handed. */
function answering(...results: SendResult[]) {
  const handed: string[] = [];
  const transport: MailTransport = {
    async send({ mime, beforeData }) {
      await beforeData?.();
      handed.push(String(mime));
      return results.shift() ?? { kind: 'sent', response: '250 ok' };
    },
    close: () => Promise.resolve(),
  };
  return { handed, transport };
}

describe('a mail about an account', () => {
  test('comes from the desk, its bounces find its row, says that a machine made it, and belongs to no thread', async () => {
    const ana = await person({ locale: 'de' });
    const made = await due(ana, {}, 'reset-password');
    expect(told(made)).toBe(`reset-password → ${ana.email}: pending`);
    await send([made.id]);
    expect(await row(made.id)).toMatchObject({ state: 'sent', attempts: 1, ticket: null, leaseToken: null });
    const mail = await mailTo(ana.email);
    expect(readBounceAddress(desk().secrets.replyTokens, desk().mailbox, mail.envelope)).toEqual({ outboxId: made.id });
    expect(mail.subject).toBe('Wählen Sie ein neues Passwort für SmartSupport');
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.from?.value[0]).toEqual({ name: 'SmartSupport', address: desk().mailbox.address });
    expect(mail.replyTo?.value[0]?.address).toBe(desk().mailbox.address);
    expect(mail.inReplyTo).toBeUndefined();
    const id = readOutboundMessageId(desk().secrets.replyTokens, desk().mailbox, mail.messageId ?? '');
    expect(id).toEqual({ outboxId: made.id });
    expect(mail.text).toContain('Guten Tag Ana,');
    expect(mail.html).toContain('Neues Passwort wählen');
  });

  test('T06: its link works once, for its purpose; an empty one and an unknown one are not found', async () => {
    const ana = await person();
    await send([(await due(ana, {}, 'reset-password')).id]);
    const token = await tokenFor(ana.email);
    expect(token).toHaveLength(43);
    await expect(use('sign-in', token)).rejects.toMatchObject({ status: 404 });
    for (const empty of ['', '   ', 'x'.repeat(43)])
      await expect(use('reset-password', empty)).rejects.toMatchObject({ status: 404 });
    expect(await use('reset-password', token)).toMatchObject({ employeeId: ana.id });
    await expect(use('reset-password', token)).rejects.toMatchObject({ status: 410 });
  });

  test('T06: its link runs out', async () => {
    const ana = await person();
    await send([(await due(ana, {}, 'reset-password')).id]);
    const token = await tokenFor(ana.email);
    now = new Date(now.getTime() + 60 * 60_000);
    await expect(use('reset-password', token)).rejects.toMatchObject({ status: 410 });
  });

  test('T06, T33: nothing that the database holds opens the link, while it is sent and after', async () => {
    const ana = await person();
    const made = await due(ana, {}, 'reset-password');
    const { handed, transport } = answering({ kind: 'unknown', error: 'the connection ended' });
    await send([made.id], { transport });
    const token = tokenOf((await simpleParser(handed[0] ?? '')).text);
    expect(token).toHaveLength(43);
    expect(await row(made.id)).toMatchObject({ state: 'ambiguous', secret: true, mime: null, mimeSha256: null });
    for (const form of forms(token)) expect(await everything()).not.toContain(form);
    now = new Date(now.getTime() + 2 * 60_000);
    await send([made.id], { transport });
    expect(await row(made.id)).toMatchObject({ state: 'sent', mime: null });
    expect(handed[1]).toBe(handed[0]);
    for (const form of forms(token)) expect(await everything()).not.toContain(form);
  });

  test('is sent again, the same bytes, when its sender died in the middle', async () => {
    const made = await due(await person(), {}, 'sign-in');
    const { handed, transport } = answering();
    const gone = Promise.withResolvers<SendResult>();
    const first = send([made.id], { transport: { ...transport, send: () => gone.promise }, leaseMs: 3_600_000 });
    await expect.poll(async () => (await row(made.id)).state).toBe('sending');
    now = new Date(now.getTime() + 30 * 60_000);
    await send([made.id], { transport });
    expect(handed).toEqual([]); // somebody else has it
    await desk().transaction(({ em }) =>
      em.execute('update outbound_message set lease_until = ? where id = ?', [now, made.id]),
    );
    now = new Date(now.getTime() + 1000);
    await send([made.id], { transport });
    expect(handed).toHaveLength(1);
    gone.resolve({ kind: 'unreached', error: 'it came too late' });
    await first;
    expect(await row(made.id)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  test.each<[string, (employee: Employee) => Promise<void>]>([
    ['used', async ({ id }) => desk().transaction((tx) => endLinks(tx, id, 'reset-password'))],
    ['past its time', async () => void (now = new Date(now.getTime() + 61 * 60_000))],
  ])('is not sent with a link that is %s by now', async (_, spoil) => {
    const ana = await person();
    const made = await due(ana, {}, 'reset-password');
    await spoil(ana);
    const { handed, transport } = answering();
    await send([made.id], { transport });
    expect(handed).toEqual([]);
    expect(await row(made.id)).toMatchObject({ state: 'suppressed', reason: 'What it was about is gone' });
  });

  test('that has no link is kept as it went out, and leads to a page of the portal', async () => {
    const ana = await person();
    const made = await due(ana, { template: 'registration-rejected', data: { reason: 'Nobody knows you.' } });
    await send([made.id]);
    const mail = await mailTo(ana.email);
    expect(mail.text).toContain('Nobody knows you.');
    expect(mail.text).toContain('Register again:\nhttp://localhost:8080/register\n');
    expect(String((await row(made.id)).mime)).toBe(mail.raw);
  });

  test('goes to another address when it is about the old one', async () => {
    const ana = await person();
    const old = `old.${ana.email}`;
    const made = await due(ana, {
      template: 'email-changed',
      recipient: old.toUpperCase(),
      data: { email: ana.email },
    });
    await send([made.id]);
    expect((await mailTo(old)).text).toContain(`to ${ana.email}`);
  });

  test.each<[Partial<Employee>, boolean]>([
    [{ status: 'contact' }, false],
    [{ status: 'pending' }, false],
    [{ status: 'rejected' }, false],
    [{ status: 'pending', emailConfirmedAt: new Date('2026-11-23T09:02:00Z') }, true],
    [{ status: 'approved' }, true],
  ])('T07: to %j it repeats the name: %s', async (given, named) => {
    const evil = await person({ firstName: 'Canary-buy-now', ...given });
    const made = await due(evil, {}, 'reset-password');
    await send([made.id]);
    expect((await mailTo(evil.email)).raw.includes('Canary-buy-now')).toBe(named);
  });

  test.each([
    ['T08: the desk itself', () => desk().mailbox.address.replace('@', '+r.x@'), "The address is the desk's own"],
    ['R3: a machine', () => 'mailer-daemon@maravia.example', 'No person reads this address'],
  ])('is not sent to %s, and says why', async (_, address, reason) => {
    const made = await due(await person({ email: address() }), {}, 'reset-password');
    expect(made).toMatchObject({ state: 'suppressed', reason });
  });

  test('M44: that a server refuses says so on its row, and changes nothing of the account', async () => {
    const ana = await person();
    const made = await due(ana, { template: 'password-changed' });
    const refused: SendResult = { kind: 'refused', permanent: true, code: 550, response: '550 no such user' };
    await send([made.id], answering(refused));
    expect(await row(made.id)).toMatchObject({ state: 'failed', reason: 'Refused: 550 no such user' });
    const [left] = await desk().transaction(({ em }) =>
      em.execute('select status, version from employee where id = ?', [ana.id]),
    );
    expect(left).toEqual({ status: 'approved', version: 1 });
  });

  test('twice noticed is one mail', async () => {
    const ana = await person();
    const made = await due(ana, { template: 'password-changed' });
    await desk().transaction((tx) => notifyAccounts(tx, [made.accountNoticeId ?? 0], desk().jobs.notify));
    expect(await notify()).toEqual([]);
    const rows = await desk().transaction(({ em }) => em.find(OutboundMessage, { recipient: ana.email }));
    expect(rows).toHaveLength(1);
  });

  test('that is answered opens a new request', async () => {
    const ana = await person();
    const made = await due(ana, { template: 'password-changed' });
    await send([made.id]);
    const { messageId = '' } = await mailTo(ana.email);
    const answer = `From: ${ana.email}\r\nTo: support@localhost\r\nSubject: Re: It was not me\r\nMessage-ID: <answer@maravia.example>\r\nIn-Reply-To: ${messageId}\r\n\r\nIt was not me.\r\n`;
    expect(await desk().receive(answer)).toMatchObject({ state: 'applied', decision: 'open-ticket' });
  });
});
