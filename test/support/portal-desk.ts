import type { Page } from 'playwright-core';
import type { Client } from './client.ts';
import { picture } from './pictures.ts';
import { eventually } from './processes.ts';
import type { RunningDesk } from './running-desk.ts';
import type { PortalPage, Visitor } from './portal-pages.ts';

/** Ids of what stands on a filled desk. */
export interface Filled {
  /** a ticket of the employee, in progress */
  own: number;
  /** one with a conversation, and a new one */
  busy: number;
  fresh: number;
  /** an employee, a mail that is held back, and one that became a ticket */
  person: number;
  held: number;
  mail: number;
  /** one that cannot be read */
  mailbox: number;
  article: number;
}

const PASSWORD = 'a heron walks along the canal';
const SUBJECTS = [
  ['Grace Dela Cruz <grace@maravia.example>', 'VPN drops every 20 minutes from the Cebu office', 'critical'],
  ['Samuel Okafor <samuel@maravia.example>', 'October payslip shows my old bank account', 'high'],
  ['Oliver Brandt <oliver@maravia.example>', 'Supplier price list: permission denied', 'high'],
  ['Kofi Mensah <kofi@maravia.example>', 'Badge does not open the warehouse gate', 'medium'],
  ['Inês Carvalho <ines@maravia.example>', 'New starter on 1 December: laptop, badge, accounts', 'medium'],
  ['Hana Suzuki <hana@maravia.example>', 'Printer 3F-02 prints blank pages', 'low'],
  ['Nguyễn Minh Anh <anh@maravia.example>', 'Second monitor for desk 4.17', null],
  ['Liam O’Connor <liam@maravia.example>', 'Timesheet will not accept the night shift of 16 November', null],
] as const;

/** Whom some of them name beside the desk. */
const NAMED: Record<string, { cc: string }> = {
  [SUBJECTS[0][1]]: { cc: 'Paulo Reis <paulo@maravia.example>' },
};

/** An answer with everything that the editor can do. */
const RICH =
  '<p>Good morning Grace,</p><p>which router is it? <strong>The label says it.</strong> Then, in this order:</p><ol><li><p>switch it off</p><ul><li><p>not by the plug</p></li></ul></li><li><p>type <code>ipconfig /all</code></p></li></ol><blockquote><p>VPN drops every 20 minutes</p></blockquote><p>See <a href="https://intranet.example/vpn">the page about it</a>.</p><pre><code>Link status: up</code></pre>';

/** Fills a desk with what a working day brings, so that every page has something to show. */
export async function fillDesk(desk: RunningDesk): Promise<Filled> {
  const [admin, coordinator, employee] = await Promise.all([
    desk.as('admin'),
    desk.as('coordinator'),
    desk.as('employee'),
  ]);
  await people(desk, admin);
  const mailbox = await deafMailbox(admin);
  const article = await articles(coordinator);
  for (const [from, subject] of SUBJECTS)
    await desk.write({
      from,
      subject,
      ...NAMED[subject],
      text: `Good morning,\n\n${subject}. Since this morning.\n\nThank you\n`,
    });
  await desk.write({
    from: 'Rejected Rita <rita@elsewhere.example>',
    subject: 'Urgent: change of bank details',
    text: 'Dear team,\n\nplease use the following account from this month on.\n',
  });
  await desk.write({ from: '', subject: 'Scan from WorkCentre 2F', text: 'See the scan.' });

  const tickets = await eventually('tickets of all mails', async () => {
    const { results } = (await coordinator.get('/api/tickets?view=all&limit=100')).body as { results: Row[] };
    return results.length >= SUBJECTS.length ? results : null;
  });
  const idOf = (subject: string) => tickets.find((row) => row.subject === subject)?.id ?? 0;
  for (const [, subject, priority] of SUBJECTS)
    if (priority) await transition(coordinator, idOf(subject), { name: 'approve', priority, category: 'Hardware' });
  const busy = idOf(SUBJECTS[0][1]);
  await transition(coordinator, busy, { name: 'claim' });
  await coordinator.post(`/api/tickets/${busy}/comments`, { visibility: 'public', body_html: RICH });
  await say(coordinator, busy, 'internal', 'Looks like the one of October.');
  await coordinator.post(`/api/tickets/${busy}/participants`, { email: 'priya@maravia.example' });
  await coordinator.send('PUT', `/api/tickets/${busy}/watch`);
  const inThreeDays = new Date(Date.now() + 3 * 86_400_000).toISOString();
  const later = { body: 'The new router is here today.', visibility: 'public', send_at: inThreeDays };
  await coordinator.post(`/api/tickets/${busy}/comments`, later);
  const own = await ownTicket(employee);
  await transition(coordinator, own, { name: 'approve', priority: 'medium', category: 'Access' });
  await transition(coordinator, own, { name: 'claim' });
  const fresh = idOf(SUBJECTS[6][1]);
  const held = await eventually('a mail that is held back', async () => {
    const { results } = (await admin.get('/api/ledger?state=quarantined')).body as { results: { id: number }[] };
    return results.length >= 2 ? results.at(-1)?.id : null;
  });
  const mails = (await admin.get('/api/ledger?state=applied')).body as { results: { id: number }[] };
  const persons = (await admin.get('/api/employees?q=weber')).body as { results: { id: number }[] };
  const [mail, person] = [mails.results[0]?.id ?? 0, persons.results[0]?.id ?? 0];
  return { own, busy, fresh, held, mail, person, mailbox, article };
}

interface Row {
  id: number;
  subject: string;
}

const VPN = `The VPN drops when the router at home **saves power**.

## What helps

1. Open the page of the router: \`http://192.168.1.1\`
2. Switch *green mode* off
3. Connect again

| Router | Where |
|---|---|
| FX-200 | Network › Energy |
| Omni 4 | System › Green mode |

> It takes a minute until it is back.

See [the page of the maker](https://www.example.com/fx-200/manual) if yours is another.`;

/** One that is published and then edited, one for everybody, and a draft for staff. */
async function articles(coordinator: Client): Promise<number> {
  const write = async (title: string, body: string, audience = 'public') =>
    (await coordinator.post('/api/articles', { title, body, audience, category: 'Network' })).body as {
      id: number;
      version: number;
    };
  const publish = async ({ id, version }: { id: number; version: number }) =>
    (await coordinator.post(`/api/articles/${id}/publish`, { version })).body as { id: number; version: number };
  await publish(await write('Book a desk for guests', 'Ask at the reception, a day before.'));
  await write('Keys of the server room', 'Ask the shift lead.', 'staff');
  const vpn = await publish(await write('The VPN drops again and again', VPN));
  await coordinator.send('PUT', `/api/articles/${vpn.id}/vote`, { helped: true });
  await coordinator.send('PATCH', `/api/articles/${vpn.id}`, {
    version: vpn.version,
    body: `${VPN}\n\nCall us if not.`,
  });
  return vpn.id;
}

/** Nobody listens where it is read from. */
async function deafMailbox(admin: Client): Promise<number> {
  const source = { kind: 'imap', host: '127.0.0.1', port: 1, tls: 'none', user: 'payroll', password: 'not-a-secret' };
  const given = { name: 'Payroll', address: 'payroll@maravia.example', source, enabled: true };
  return Number((await admin.post('/api/mailboxes', given)).body['id']);
}

async function people(desk: RunningDesk, admin: Client): Promise<void> {
  for (const name of ['Information technology', 'Facilities', 'Payroll', 'Purchasing'])
    await admin.post('/api/departments', { name });
  for (const [first_name, last_name] of [
    ['Jonas', 'Weber'],
    ['Priya', 'Nair'],
  ])
    await admin.post('/api/employees', {
      ...{ first_name, last_name, email: `${first_name?.toLowerCase()}@maravia.example`, role: 'coordinator' },
      department: 'Information technology',
    });
  const registered = [
    ['Lena', 'Hoffmann', 'lena@maravia.example'],
    ['Yusuf', 'Demir', 'yusuf@maravia.example'],
    ['Rita', 'Rejected', 'rita@elsewhere.example'],
  ];
  for (const [first_name = '', last_name = '', email = ''] of registered) {
    const form = new FormData();
    const given = { first_name, last_name, email, password: PASSWORD, department: 'Purchasing' };
    for (const [field, value] of Object.entries(given)) form.append(field, value);
    await fetch(`${desk.url}/api/register`, { method: 'POST', body: form });
  }
  const { results } = (await admin.get('/api/employees?q=rita')).body as { results: { id: number }[] };
  await admin.post(`/api/employees/${results[0]?.id}/reject`, { reason: 'Nobody here knows you.' });
}

async function ownTicket(employee: Client): Promise<number> {
  const form = new FormData();
  form.append('subject', 'Laptop will not wake after docking');
  form.append('description', 'Since the update on Friday it stays black.\n\nThe fan runs.');
  form.append('attachments', new Blob([new Uint8Array(await picture(640, 420))], { type: 'image/png' }), 'dock.png');
  form.append('attachments', new Blob(['09:02 display off\n'], { type: 'text/plain' }), 'event-log.txt');
  return Number((await employee.send('POST', '/api/tickets', form)).body['id']);
}

async function transition(as: Client, id: number, body: object): Promise<void> {
  const { status } = await as.post(`/api/tickets/${id}/transitions`, body);
  if (status !== 200) throw new Error(`${JSON.stringify(body)} on ticket ${id}: ${status}`);
}

const say = (as: Client, id: number, visibility: string, body: string) =>
  as.post(`/api/tickets/${id}/comments`, { body, visibility });

/** Browsers that are signed in, one for each visitor and look. */
export class Visits {
  readonly #desk: RunningDesk;
  readonly #open: (options: object) => Promise<Page>;
  readonly #pages = new Map<string, Page>();

  constructor(desk: RunningDesk, open: (options: object) => Promise<Page>) {
    this.#desk = desk;
    this.#open = open;
  }

  /** A page of this visitor, signed in through the sign-in page. */
  async as(visitor: Visitor, look: string, options: object): Promise<Page> {
    const key = `${visitor} ${look}`;
    const known = this.#pages.get(key);
    if (known) return known;
    const page = await this.#open(options);
    this.#pages.set(key, page);
    if (visitor === 'nobody') return page;
    const { email, password } = this.#desk.accounts[visitor];
    await page.goto(`${this.#desk.url}/sign-in`);
    await page.getByLabel('Work mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    return page;
  }

  /** Goes to a page of the portal and waits until it has its data. */
  async go(page: Page, { path, ready, act }: PortalPage, filled: Filled): Promise<void> {
    await page.goto('about:blank'); // the same address again must load again
    await page.goto(this.#desk.url + path(filled));
    await page.waitForSelector(ready === 'message' ? '.empty h1' : `[data-ready="${ready}"]`);
    await act?.(page);
  }
}
