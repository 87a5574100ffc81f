import { beforeEach, describe, expect, test } from 'vitest';
import { CAPS } from '../../../src/mail/outbound/loop-breaker.ts';
import { resumeStop } from '../../../src/mail/outbound/resume-stop.ts';
import { listStops } from '../../../src/mail/outbound/list-stops.ts';
import { ingestMessages } from '../../../src/mail/inbound/ingest-messages.ts';
import { receiveMessage } from '../../../src/mail/inbound/receive-message.ts';
import { Employee } from '../../../src/people/employee.ts';
import { client } from '../../support/client.ts';
import { useDesk, type TestDesk } from '../../support/desk.ts';
import { outbox, told } from './outbox.ts';

let now = new Date('2026-11-23T09:00:00Z');
const clock = () => now;
const pass = (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000));
const desk = useDesk({ web: true, clock });
const other = useDesk({ clock, env: { SUPPORT_ADDRESS: 'help@other.example' } });
const { person, open, comment, notify } = outbox(desk);

const query = <T = Record<string, unknown>>(of: TestDesk, sql: string, params: unknown[] = []) =>
  of.transaction(({ em }) => em.execute<T[]>(sql, params));

/** Each test begins an hour later, without the staff of the others. */
beforeEach(async () => {
  pass(61);
  await query(desk(), `update employee set status = 'disabled' where role <> 'employee'`);
});

let turn = 0;
function mail(from: string, to: string, headers = '', subject = `Request ${++turn}`): string {
  return `From: ${from}\nTo: ${to}\nSubject: ${subject}\nMessage-ID: <loop${++turn}@${from.split('@')[1]}>\nDate: Mon, 23 Nov 2026 09:00:00 +0000\n${headers}\nWords ${turn}.\n`;
}

/** Notices and sends what is due at a desk, and gives what went out. */
async function work(of: TestDesk) {
  const before = of.caught.mails.length;
  const box = outbox(() => of);
  await box.notify();
  const due = await query<{ id: string }>(of, `select id from outbound_message where state = 'pending'`);
  await box.send(due.map(({ id }) => Number(id)));
  return of.caught.mails.slice(before);
}

/** What a responder writes back, be it polite or not. */
interface Responder {
  /** Where it answers to: the envelope (RFC 3834 §4), or the header like people. */
  to: 'envelope' | 'reply-to';
  headers: string;
}
const VACATION: Responder = { to: 'envelope', headers: 'Auto-Submitted: auto-replied\n' };
const DUMB: Responder = { to: 'reply-to', headers: '' };

function answerOf({ to, headers }: Responder, from: string, sent: { from: string; raw: string }): string | null {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'mi').exec(sent.raw)?.[1] ?? '';
  const address = to === 'envelope' ? sent.from : field('Reply-To');
  return address === ''
    ? null
    : mail(from, address, `In-Reply-To: ${field('Message-ID')}\n${headers}`, `Re: ${field('Subject')}`);
}

describe('T08, M46: ten minutes in which machines answer machines', () => {
  test('two desks that are wired to each other, a vacation responder and an address that bounces: at most 6 mails a pair', async () => {
    const [a, b] = [desk(), other()];
    const pairs = new Map<string, number>();
    const count = (one: string, two: string) => {
      const pair = [one, two]
        .map((address) => address.replace(/\+[^@]*/, ''))
        .toSorted()
        .join(' ');
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    };
    const marta = await person({ role: 'coordinator', email: 'marta@away.example' });
    const guests = [await person({ email: 'away@away.example' }), await person({ email: 'gone@gone.example' })];
    for (const guest of guests) {
      const ticket = await open(guest);
      await comment(ticket, marta, 'Is it better now?');
    }
    const first = mail('help@other.example', 'support@localhost');
    await a.receive(first, { envelopeTo: 'support@localhost' });
    const peer = await person({ email: 'help@other.example' }).catch(() => null);
    expect(peer).toBeNull(); // the mail made them a contact
    const deliver = async (to: string, sent: { from: string; raw: string }) => {
      const address = to.replace(/\+[^@]*/, '');
      if (address === 'support@localhost') await a.receive(sent.raw, { envelopeTo: to });
      if (address === 'help@other.example') await b.receive(sent.raw, { envelopeTo: to });
      if (address === 'away@away.example' || address === 'marta@away.example') {
        const answer = answerOf(VACATION, address, sent);
        if (answer) {
          count(address, sent.from);
          await a.receive(answer, { envelopeTo: sent.from });
        }
      }
      if (address === 'gone@gone.example' && sent.from !== '') {
        count(address, sent.from);
        await a.receive(bounce(sent), { envelopeTo: sent.from });
      }
    };
    for (let minute = 0; minute < 10; minute++) {
      for (const [of, own] of [
        [a, 'support@localhost'],
        [b, 'help@other.example'],
      ] as const)
        for (const sent of await work(of))
          for (const to of sent.to) {
            count(own, to);
            await deliver(to, sent);
          }
      pass(1);
    }
    expect(pairs.size).toBeGreaterThanOrEqual(4);
    for (const [pair, mails] of pairs) expect(mails, pair).toBeLessThanOrEqual(6);
    expect(await work(a)).toEqual([]);
    expect(await work(b)).toEqual([]);
  });

  test('two responders without manners on one ticket end in a stop, which a person resumes', async () => {
    const marta = await person({ role: 'coordinator', email: `marta.${turn}@rude.example` });
    const from = `rude.${turn}@rude.example`;
    await desk().receive(mail(from, 'support@localhost'));
    let [toRude, fromRude] = [0, 1];
    for (let minute = 0; minute < 10; minute++) {
      for (const sent of await work(desk())) {
        const [to = ''] = sent.to;
        if (to === from) toRude++;
        const answer = answerOf(DUMB, to, sent);
        if (to === from) fromRude++;
        if (answer) await desk().receive(answer);
      }
      pass(0.5);
    }
    expect(toRude + fromRude).toBeLessThanOrEqual(7);
    expect(await work(desk())).toEqual([]);
    const [ticket] = await query<{ id: string }>(desk(), 'select max(id) as id from ticket');

    const staff = await desk().account('admin', `admin.${turn}@desk.example`);
    const api = client(desk().url, await desk().signIn(staff.email));
    const { mail_stops: banner } = (await api.get(`/api/tickets/${ticket?.id}`)).body as {
      mail_stops: { id: number; reason: string }[];
    };
    expect(banner).not.toEqual([]);
    expect(banner[0]?.reason).toMatch(/^It looks like a loop: \d mails to \S+ and \d from it within 10 minutes$/);
    const listed = (await api.get('/api/mail/stops')).body as unknown as {
      id: number;
      kept: number;
      resumed_at: string | null;
    }[];
    const [stop] = listed.filter(({ id }) => banner.some((one) => one.id === id));
    expect(stop).toMatchObject({ resumed_at: null, kept: expect.any(Number) });
    const resumed = (await api.post(`/api/mail/stops/${stop?.id}/resume`)).body;
    expect(resumed).toMatchObject({ resumed_by: { id: staff.id }, kept: 0 });
    expect((await work(desk())).length).toBe(stop?.kept);
    expect((await api.post(`/api/mail/stops/${stop?.id}/resume`)).status).toBe(200);
    expect(marta.id).toBeGreaterThan(0);
  });

  test('more than 20 mails to one ticket stop its mail, but not what a person writes at the portal', async () => {
    const [marta, ana] = [await person({ role: 'coordinator' }), await person()];
    const ticket = await open(ana, { notify: false });
    for (let n = 0; n < 21; n++) await comment(ticket, ana, `Again ${n}`, { channel: 'mail', notify: n === 20 });
    const [row] = await notify();
    expect(row).toMatchObject({ state: 'suppressed', reason: 'More than 20 mails to this ticket within 10 minutes' });
    await comment(ticket, marta, 'I am on it.');
    expect((await notify()).map(told)).toEqual([`public-reply → ${ana.email}: pending`]);
    await comment(ticket, ana, 'Thank you.');
    expect((await notify())[0]).toMatchObject({ state: 'suppressed', stopId: row?.stopId });
    pass(30);
    const stops = await desk().transaction(({ em }) => listStops(em, marta));
    expect(stops[0]).toMatchObject({ ticket: { id: ticket.id }, kept: 2 });
    await desk().transaction(async (tx) =>
      resumeStop(tx, await tx.em.findOneOrFail(Employee, marta.id), row?.stopId ?? 0),
    );
    await comment(ticket, ana, 'Still there?');
    expect((await notify())[0]).toMatchObject({ state: 'pending' });
  });
});

test('T07: 500 spoofed messages from 500 strangers make no mail at all', async () => {
  await work(desk()); // what other tests left
  await person({ role: 'coordinator' });
  const victims = Array.from({ length: 500 }, (_, n) => `victim${n}@street${n}.example`);
  const spoofed = victims.map((from, n) => mail(`${from}`, 'support@localhost', '', `Buy now ${n}`));
  await query(desk(), `update mailbox set sender_trust = 'verify'`);
  const ids = [];
  for (const raw of spoofed) ids.push((await keep(raw)).id);
  await ingestMessages({ ...desk().ingest, parse: unverified }, ids);
  expect(await query(desk(), `select count(*)::int as n from ticket where subject like 'Buy now %'`)).toEqual([
    { n: 500 },
  ]);
  expect(await work(desk())).toEqual([]);
  const kept = await query(
    desk(),
    `select reason, count(*)::int as n from outbound_message where created_at = ? group by 1`,
    [now],
  );
  expect(kept).toEqual([{ reason: 'The sender could not be verified', n: 500 }]);
  await query(desk(), `update mailbox set sender_trust = 'submission'`);
});

describe('caps', () => {
  test('an address gets so many automatic mails an hour and no more, whatever they are about', async () => {
    const ana = await person();
    await fill(CAPS.address, () => ana.email);
    const marta = await person({ role: 'coordinator' });
    const ticket = await open(ana);
    expect((await notify()).find(({ recipient }) => recipient === ana.email)).toMatchObject({
      state: 'suppressed',
      reason: `More than ${CAPS.address} automatic mails to this address within an hour`,
    });
    await comment(ticket, marta, 'A person writes all the same.');
    expect((await notify()).map(told)).toEqual([`public-reply → ${ana.email}: pending`]);
    pass(61);
    await open(ana, { channel: 'api' });
    expect((await notify()).map(told)).toContain(`ticket-received → ${ana.email}: pending`);
  });

  test('so does a domain, and the whole desk', async () => {
    await fill(CAPS.domain, (n) => `p${n}@big.example`);
    await open(await person({ email: 'late@big.example' }));
    await open(await person({ email: 'late@small.example' }));
    const rows = await notify();
    expect(rows.map(({ recipient, reason }) => [recipient, reason])).toEqual([
      ['late@big.example', `More than ${CAPS.domain} automatic mails to big.example within an hour`],
      ['late@small.example', null],
    ]);
    await fill(CAPS.all - CAPS.domain, (n) => `p@d${n}.example`);
    await open(await person());
    expect((await notify())[0]).toMatchObject({
      reason: `More than ${CAPS.all} automatic mails in all within an hour`,
    });
  });
});

/** So many automatic mails went out just now. */
async function fill(count: number, to: (n: number) => string): Promise<void> {
  await query(
    desk(),
    `insert into outbound_message (mailbox_id, template, locale, recipient, envelope_from, state, reason, send_after, created_at, finished_at, secret, mime)
     select 1, 'status-changed', 'en', r, '', 'sent', null, ?, ?, ?, false, '' from jsonb_array_elements_text(?::jsonb) as n(r)`,
    [now, now, now, JSON.stringify(Array.from({ length: count }, (_, n) => to(n)))],
  );
}

async function keep(raw: string) {
  const blob = await desk().blobs.put(Buffer.from(raw));
  return desk().transaction((tx) =>
    receiveMessage(tx, {
      ...{ mailboxId: desk().mailbox.id, sourceKey: `flood:${++turn}`, raw: blob, envelopeFrom: null },
      ...{ envelopeTo: 'support@localhost', quiet: false, wake: false },
    }),
  );
}

/** The real parser without its questions to the DNS: nothing proves these senders. */
const unverified: TestDesk['ingest']['parse'] = (sha256) => desk().ingest.parse(sha256, { authenticate: false });

function bounce(sent: { from: string; to?: string[]; raw: string }): string {
  const id = /^Message-ID: (.*)$/im.exec(sent.raw)?.[1] ?? '';
  return [
    'From: Mail Delivery System <mailer-daemon@gone.example>',
    `To: ${sent.from}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <dsn${++turn}@gone.example>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'I could not deliver it.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; gone.example',
    '',
    `Final-Recipient: rfc822; gone@gone.example`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 no such user',
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${id}`,
    '',
    '--b--',
    '',
  ].join('\r\n');
}
