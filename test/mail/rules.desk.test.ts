import { describe, expect, test } from 'vitest';
import { decodeHeaderText } from '../../src/mail/inbound/parse/mime/header-words.ts';
import { outboundMessageId, replyAddress } from '../../src/mail/reply-token.ts';
import { useDesk } from '../support/desk.ts';
import { outbox } from './outbound/outbox.ts';

let now = new Date('2026-11-23T09:00:00Z');
const desk = useDesk({ clock: () => now });
const { person, open, comment, notify, send } = outbox(desk);
let turn = 0;

interface Mail {
  from?: string;
  to?: string;
  subject?: string;
  headers?: string;
  body?: string;
}

/** A mail of somebody new, in a domain of its own. */
function mail({
  from = `p${++turn}@d${turn}.example`,
  to = 'To: support@localhost\n',
  subject = 'No sound',
  headers = '',
  body = 'It is silent.',
}: Mail = {}) {
  return `From: ${from}\n${to}Subject: ${subject}\nMessage-ID: <rule${++turn}@maravia.example>\nDate: Mon, 23 Nov 2026 09:00:00 +0000\n${headers}\n${body} ${turn}\n`;
}

/** Receives a mail and tells the state of its ticket's receipt; null: there is none. */
async function receipt(raw: string) {
  const inbound = await desk().receive(raw);
  const rows = await notify();
  return { inbound, receipt: rows.find(({ template }) => template === 'ticket-received') ?? null };
}

describe('T09: Auto-Submitted is read as RFC 3834 §5 writes it', () => {
  test.each(['no', 'No', 'no (a person wrote it)', '(by hand) no', 'no; x=y'])('%j is a person', async (value) => {
    const { receipt: made } = await receipt(mail({ headers: `Auto-Submitted: ${value}\n` }));
    expect(made?.state).toBe('pending');
  });

  test.each([
    'auto-replied',
    'auto-replied; x=y',
    'Auto-Replied (vacation)',
    'auto-generated',
    'auto-notified',
    'auto-anything',
  ])('%j is a machine, and R1: gets no receipt', async (value) => {
    const { receipt: made } = await receipt(mail({ headers: `Auto-Submitted: ${value}\n` }));
    expect(made?.state ?? 'suppressed').toBe('suppressed');
  });
});

describe('R4, R5: no receipt', () => {
  test.each<[string, Mail, string | null]>([
    ['for a mail to the desk', {}, null],
    [
      'for a mail to somebody else with the desk in Cc',
      { to: 'To: ana@maravia.example\nCc: Help <Support@localhost>\n' },
      null,
    ],
    ['for one to its plus-address', { to: 'To: support+printer@localhost\n' }, null],
    ['for a Bcc', { to: 'To: everyone@maravia.example\n' }, 'suppressed'],
    ['where nobody is addressed', { to: '' }, 'suppressed'],
    ['for a list by List-Id', { headers: 'List-Id: <all.maravia.example>\n' }, 'suppressed'],
    ['for a list by List-Unsubscribe', { headers: 'List-Unsubscribe: <https://x.example/u>\n' }, 'suppressed'],
    ['for Precedence: bulk', { headers: 'Precedence: bulk\n' }, 'suppressed'],
    ['for Precedence: list', { headers: 'Precedence: list\n' }, 'suppressed'],
    ['for Precedence: junk', { headers: 'Precedence: junk\n' }, 'suppressed'],
    ['for X-Auto-Response-Suppress: All', { headers: 'X-Auto-Response-Suppress: All\n' }, 'suppressed'],
    ['for X-Auto-Response-Suppress: OOF', { headers: 'X-Auto-Response-Suppress: OOF, AutoReply\n' }, 'suppressed'],
  ])('%s', async (_, given, kept) => {
    const { inbound, receipt: made } = await receipt(mail(given));
    if (inbound.state === 'applied') expect(made?.state).toBe(kept ?? 'pending');
    else expect(kept).toBe('suppressed');
  });
});

test('R2, R6: a receipt says that it is an answer and goes out from <>; a notice has a bounce address', async () => {
  const { receipt: made } = await receipt(mail());
  await send([made!.id]);
  const sent = desk().caught.mails.at(-1);
  expect(sent?.from).toBe('');
  expect(sent?.raw).toMatch(/^Auto-Submitted: auto-replied\r?$/m);
  expect(sent?.raw).toMatch(/^X-Auto-Response-Suppress: All\r?$/m);
});

test('T18: an address that stands in an encoded word is no sender, and two authors are none', async () => {
  const encoded = `=?utf-8?B?${Buffer.from('<admin@corp.example>').toString('base64')}?= <mallory@evil.example>`;
  expect((await desk().receive(mail({ from: encoded }))).fromAddress).toBe('mallory@evil.example');
  const two = await desk().receive(mail({ from: 'ana@maravia.example, admin@corp.example' }));
  expect(two.trust === 'T0' || two.state === 'quarantined').toBe(true);
  const bare = await desk().receive(mail({ from: '=?utf-8?Q?=3Cadmin=40corp.example=3E?=' }));
  expect(bare.fromAddress).not.toBe('admin@corp.example');
});

test('T19: the headers that our own mail has change nothing when they come from outside', async () => {
  const forged = [
    'X-Desk-Id: 1',
    'X-Auto-Response-Suppress: None',
    'X-Ticket-Id: 1',
    'X-Priority-Set: critical',
    'Reply-To: support+r.b.b.aaaaaaaaaaaaaaaaaa@localhost',
    'X-Desk-Trust: T3',
  ].join('\n');
  const plain = await receipt(mail());
  const dressed = await receipt(mail({ headers: `${forged}\n` }));
  const facts = ({ state, decision, trust }: typeof plain.inbound) => ({ state, decision, trust });
  expect(facts(dressed.inbound)).toEqual(facts(plain.inbound));
  expect(dressed.receipt?.state).toBe(plain.receipt?.state);
  const [one, two] = [plain, dressed].map(({ inbound }) => inbound.ticketId);
  expect(one).not.toBe(two);
});

test.each([
  [
    'R12: encoded words in two charsets, split in the middle of a word',
    '=?utf-8?Q?Gr=C3=BC=C3?= =?utf-8?Q?=9Fe?= =?iso-8859-1?Q?_aus_K=F6ln?=',
    'Grüße aus Köln',
  ],
  ['R12: an unknown charset', '=?x-unknown?Q?abc?=', 'abc'],
])('%s', (_, raw, text) => {
  expect(decodeHeaderText(raw)).toContain(text);
});

test('R13: file names in parts and charsets (RFC 2231) arrive whole, doubled and endless ones do no harm', async () => {
  const endless = Array.from({ length: 500 }, (_, n) => `;\n x${n}*0="a"`).join('');
  const raw = `From: ana@maravia.example\nTo: support@localhost\nSubject: Files\nMessage-ID: <names@maravia.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHere.\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment;\n filename*0*=utf-8''Gr%C3%BC;\n filename*1*=%C3%9Fe%20;\n filename*2="aus.txt"${endless}\n\nbytes\n--b--\n`;
  const { ticketId } = await desk().receive(raw);
  const files = await desk().transaction(({ em }) =>
    em.execute('select filename from attachment where ticket_id = ?', [ticketId]),
  );
  expect(files).toEqual([{ filename: 'Grüße aus.txt' }]);
});

test('R14: an address with letters of all languages is answered by SMTPUTF8 where the server has it', async () => {
  const ana = await person({ email: 'ü@bücher.example' });
  await open(ana);
  const made = (await notify()).find(({ recipient }) => recipient === ana.email);
  expect(made?.state).toBe('pending');
  await send([made!.id]);
  const sent = desk().caught.mails.at(-1);
  expect(sent?.to).toEqual(['ü@bücher.example']);
});

describe('subject drift', () => {
  async function anOldThread() {
    const ana = await person({ email: `ana${++turn}@maravia.example` });
    const ticket = await open(ana, { subject: 'Laptop will not wake' });
    const marta = await person({ role: 'coordinator' });
    await comment(ticket, marta, 'Plug it in.');
    const answer = (await notify()).find(({ template }) => template === 'public-reply');
    const { secrets, mailbox } = desk();
    const to = replyAddress(secrets.replyTokens, mailbox, ticket.id, answer?.participant?.id ?? 0);
    return {
      ana,
      ticket,
      to: `To: ${to}\n`,
      messageId: outboundMessageId(secrets.replyTokens, mailbox, answer?.id ?? 0),
    };
  }
  const later = (days: number) => (now = new Date(now.getTime() + days * 24 * 3600_000));

  test.each([
    [31, 'The coffee machine', 'open-ticket'],
    [31, 'Re: Laptop will not wake', 'add-comment'],
    [31, 'AW: WG: laptop will not  wake up', 'add-comment'],
    [31, 'Re: Is this solved? NUMBER', 'add-comment'],
    [31, '', 'add-comment'],
    [29, 'The coffee machine', 'add-comment'],
  ])('%i days after the last change a reply under %j is: %s', async (days, subject, decision) => {
    const { ana, ticket, to } = await anOldThread();
    later(days);
    const number = `TX${String(ticket.number).padStart(4, '0')}`;
    const inbound = await desk().receive(mail({ from: ana.email, to, subject: subject.replace('NUMBER', number) }));
    expect(inbound).toMatchObject({ state: 'applied', decision });
    const [row] = await desk().transaction(({ em }) =>
      em.execute<{ id: number; follows: number | null }[]>(
        'select id::int, follows_id::int as follows from ticket where id = ?',
        [inbound.ticketId],
      ),
    );
    expect(row).toEqual(
      decision === 'open-ticket' ? { id: inbound.ticketId, follows: ticket.id } : { id: ticket.id, follows: null },
    );
  });

  test('who only refers to a message of ours is held to the same', async () => {
    const { ana, messageId } = await anOldThread();
    later(40);
    const headers = `In-Reply-To: ${messageId}\n`;
    expect(await desk().receive(mail({ from: ana.email, headers, subject: 'The coffee machine' }))).toMatchObject({
      decision: 'open-ticket',
      reason: expect.stringContaining('old ticket'),
    });
  });
});
