import { simpleParser } from 'mailparser';
import { beforeAll, expect, test } from 'vitest';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { sendMessages } from '../../src/mail/outbound/send-messages.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
let admin: Actor;
let reader: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin', 'Ada');
  reader = await newActor(desk(), 'employee', 'Bruno');
  await query(`update employee set locale = 'de' where id = ?`, [reader.id]);
  await reader.post('/api/tickets', { subject: 'Laptop <b>will</b> not wake', description: 'It stays dark.' });
});

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));

interface Text {
  version: number;
  changed: string[];
  broken: { line: number; message: string }[];
  own: Record<string, string | null>;
  initial: Record<string, string>;
  variables: { path: string; kind: string }[];
  versions: { version: number; author: { name: string } | null; subject: string | null }[];
}
const read = async (template: string, locale = 'en') =>
  (await admin.get(`/api/templates/${template}/${locale}`)).body as unknown as Text;
const change = (template: string, body: object, locale = 'en') =>
  admin.send('PATCH', `/api/templates/${template}/${locale}`, body);
const preview = (template: string, body: object, locale = 'en') =>
  admin.post(`/api/templates/${template}/${locale}/preview`, body);

/** The acknowledgement of a new ticket, as it was sent. */
async function receipt(): Promise<string> {
  await reader.post('/api/tickets', { subject: 'Help', description: 'Please.' });
  const events = await query<{ id: string }>(`select id from ticket_event where notice = 'pending'`);
  await desk().transaction((tx) =>
    notifyEvents(
      tx,
      events.map(({ id }) => Number(id)),
      desk().jobs.notify,
    ),
  );
  return (await sendDue()).find(({ raw }) => raw.includes(reader.email))?.raw ?? '';
}

async function sendDue() {
  const due = await query<{ id: string }>(`select id from outbound_message where state = 'pending'`);
  const before = desk().caught.mails.length;
  await sendMessages(
    desk().transaction,
    due.map(({ id }) => Number(id)),
    desk().jobs.send,
  );
  return desk().caught.mails.slice(before);
}

test('the list has every mail in every language, and a text says what may be used in it', async () => {
  const { body } = await admin.get('/api/templates');
  expect(body['locales']).toEqual(['de', 'en']);
  expect(body['results']).toContainEqual(expect.objectContaining({ template: 'rejected', locale: 'de', version: 0 }));
  const { variables, initial } = await read('ticket-received');
  expect(initial['subject']).toBe('We have your request, {{ticket.number}}');
  expect(variables.map(({ path }) => path)).toContain('ticket.number');
  expect(variables.map(({ path }) => path)).not.toContain('ticket.subject');
  expect((await admin.get('/api/templates/ticket-received/fr')).status).toBe(404);
  expect((await admin.get('/api/templates/constructor/en')).status).toBe(404);
});

test('a change counts from the next mail on, in its language only, has its version and author, and is audited without its words', async () => {
  const { version } = await read('ticket-received', 'de');
  expect((await change('ticket-received', { version, subject: 'Angekommen: {{ticket.number}}' }, 'de')).status).toBe(
    200,
  );
  expect(await receipt()).toMatch(/^Subject: Angekommen: TX\d+/m);
  const { versions, changed } = await read('ticket-received', 'de');
  expect(changed).toEqual(['subject']);
  expect(versions[0]).toMatchObject({ version: 1, author: { name: 'Ada Example' } });
  expect((await read('ticket-received')).version).toBe(0);
  const [entry] = await query<{ data: object }>(
    `select data from audit_entry where action = 'mail_text.changed' order by id desc limit 1`,
  );
  expect(entry?.data).toMatchObject({ template: 'ticket-received', locale: 'de', version: 1, parts: 'subject' });
  expect(JSON.stringify(entry)).not.toContain('Angekommen');
});

test('of two who change the same version one is told; reset makes the text ours again and keeps the versions', async () => {
  const { version } = await read('closed');
  const both = await Promise.all([
    change('closed', { version, subject: 'One {{ticket.number}}' }),
    change('closed', { version, subject: 'Two {{ticket.number}}' }),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  const stale = await admin.post('/api/templates/closed/en/reset', { version });
  expect([stale.status, stale.body['code']]).toEqual([409, 'version_conflict']);
  expect((await admin.post('/api/templates/closed/en/reset', { version: version + 1 })).status).toBe(200);
  const { own, versions } = await read('closed');
  expect(own).toEqual({ subject: null, text: null, html: null });
  expect(versions).toHaveLength(2);
});

test('T23: what cannot be in a text is refused with line, column and what is allowed, and nothing is saved', async () => {
  const { version } = await read('rejected');
  const html = '<h1>No</h1>\n<p>{{{event.reason}}}</p>\n<footer>x</footer>';
  const { status, body } = await change('rejected', { version, html, subject: 'x {{constructor}}' });
  expect([status, body['code']]).toEqual([400, 'validation_failed']);
  const details = body['details'] as { refusals: object[]; html: string[] };
  expect(details.refusals).toContainEqual(expect.objectContaining({ part: 'html', line: 2, column: 4 }));
  expect(details.refusals).toContainEqual(expect.objectContaining({ part: 'subject', line: 1, column: 3 }));
  expect(details.html[0]).toContain('line 2, column 4');
  expect((await read('rejected')).version).toBe(version);
  expect((await preview('rejected', { html })).status).toBe(400);
});

test('a text that cannot be used any more stops no mail: ours goes out, and the list says so', async () => {
  await query(
    `insert into mail_text (template, locale, version, subject, created_at) values ('ticket-received', 'de', 90, 'x {{no.such}}', now())`,
  );
  expect(await receipt()).toMatch(/^Subject: Wir haben Ihre Anfrage, TX\d+/m);
  const { body } = await admin.get('/api/templates');
  const lines = body['results'] as { template: string; locale: string; broken: { part: string; line: number }[] }[];
  const broken = lines.filter((line) => line.broken.length > 0);
  expect(broken).toMatchObject([{ template: 'ticket-received', locale: 'de', broken: [{ part: 'subject', line: 1 }] }]);
});

test('a preview is a real ticket in the language of its reader, with what is not saved where it is of that language', async () => {
  const html = '<p>{{ticket.subject}}</p>\n<p><a href="{{ticket.url}}">x</a></p>\n<footer>x</footer>';
  const [ticket] = await query<{ number: string }>(`select number from ticket where subject like 'Laptop%'`);
  const number = `TX${String(ticket?.number).padStart(4, '0')}`;
  const german = await preview('status-changed', { ticket: number, html, subject: 'Probe' }, 'de');
  expect(german.body).toMatchObject({ locale: 'de', subject: 'Probe', recipient: { id: reader.id } });
  expect(german.body['html']).toContain('Laptop &lt;b&gt;will&lt;/b&gt; not wake');
  const english = await preview('status-changed', { ticket: number, subject: 'Draft' }, 'en');
  expect(english.body['locale']).toBe('de');
  expect(english.body['subject']).not.toBe('Draft');
  const mine = await preview('status-changed', { ticket: number, subject: 'Draft', recipient: admin.id }, 'en');
  expect(mine.body).toMatchObject({ locale: 'en', subject: 'Draft' });
  expect((await preview('status-changed', { ticket: 'TX9999' })).status).toBe(400);
});

test('a preview shows every mail, and its frame runs nothing, fetches nothing, and is light or dark as asked', async () => {
  const { body } = await admin.get('/api/templates');
  for (const { template, locale } of body['results'] as { template: string; locale: string }[]) {
    const shown = await preview(template, { recipient: admin.id }, locale);
    expect([template, shown.status]).toEqual([template, 200]);
  }
  const { frames } = (await preview('resolved', {})).body as { frames: Record<'light' | 'dark', string> };
  const [light, dark] = await Promise.all([frames.light, frames.dark].map((path) => fetch(desk().url + path)));
  expect(light?.headers.get('content-security-policy')).toMatch(/^sandbox .*default-src 'none'/);
  expect(await light?.text()).toContain('@media not all{.bg');
  expect(await dark?.text()).toContain('@media all{.bg');
}, 120_000);

test('a test goes to the address of who asked, whoever it is made for, and opens nothing of theirs', async () => {
  await sendDue();
  const { status } = await admin.post('/api/templates/sign-in-link/en/test', { recipient: reader.id, subject: 'Try' });
  expect(status).toBe(202);
  const mails = await sendDue();
  expect(mails.map(({ to }) => to)).toEqual([[admin.email]]);
  expect(mails[0]?.raw).not.toMatch(/link\/[a-z-]+#/);
  const digest = await preview('digest', { recipient: reader.id });
  expect(digest.body['text']).toContain('/api/unsubscribe/preview');
});

test('every mail, made of a real ticket and sent, is a good mail: short lines, its headers, the same words twice, one button, nothing from elsewhere', async () => {
  await sendDue();
  const { body } = await admin.get('/api/templates');
  const lines = body['results'] as { template: string; locale: string }[];
  for (const { template, locale } of lines) {
    await query(`update employee set locale = ? where id = ?`, [locale, admin.id]);
    await admin.post(`/api/templates/${template}/${locale}/test`, { recipient: admin.id });
    const [mail] = await sendDue();
    const raw = mail?.raw ?? '';
    for (const line of raw.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(998);
    for (const name of ['From', 'To', 'Subject', 'Date', 'Message-ID', 'Reply-To', 'Auto-Submitted', 'MIME-Version'])
      expect(raw.match(new RegExp(`^${name}: \\S`, 'gm')), `${template} ${locale} ${name}`).toHaveLength(1);
    const { text = '', html } = await simpleParser(raw);
    const page = html || '';
    expect(wordsOf(text.replace(/https?:\S+/g, '')), `${template} ${locale}`).toEqual(wordsOf(visibleWords(page)));
    expect(page).toContain(`<html lang="${locale}"`);
    expect(page.match(/class="btn"/g) ?? []).toHaveLength(template === 'public-reply' ? 0 : 1);
    expect(page).not.toMatch(/<(?:img|link|script|iframe|object)\b|url\(|src=/i);
  }
  expect(lines.length).toBeGreaterThan(50);
}, 240_000);

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu)?.toSorted() ?? [];
}

/** What a reader sees of the page: no head, no line for the list of mails, no headline, which has no place in the text. */
function visibleWords(html: string): string {
  return html
    .replace(/^[\s\S]*?<body[^>]*>/, '')
    .replace(/<div style="display:none[\s\S]*?<\/div>/, '')
    .replace(/<h1[\s\S]*?<\/h1>/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&[#\w]+;/g, ' ');
}
