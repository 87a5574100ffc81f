import { simpleParser } from 'mailparser';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn, status } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

/** A ticket of the employee. */
async function ticket(subject: string): Promise<number> {
  const form = new FormData();
  form.append('subject', subject);
  form.append('description', 'It hums.');
  return Number((await (await desk().as('employee')).send('POST', '/api/tickets', form)).body['id']);
}

const draft = async (id: number, visibility = 'public') =>
  (await desk().as('coordinator')).get(`/api/tickets/${id}/draft?visibility=${visibility}`);

async function at(id: number) {
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator', `/tickets/${id}`);
  await ready(page, 'ticket');
  await page.getByRole('toolbar', { name: 'Format' }).waitFor();
  return page;
}

const reads = (field: Locator, words: string) =>
  expect.poll(async () => (await field.innerText()).trim(), { timeout: 30_000 }).toBe(words);

/** The newest mail with these words. */
async function mailTo(words: string) {
  const api = await desk().as('coordinator');
  const found = async () =>
    ((await api.get('/api/dev/mail')).body['results'] as { raw: string }[]).find(({ raw }) => raw.includes(words));
  await expect.poll(found, { timeout: 30_000 }).toBeTruthy();
  return simpleParser((await found())?.raw ?? '');
}

test('what was begun is there on another machine, a reply and a note apart, and gone once it is sent', async () => {
  const id = await ticket('The lamp hums');
  const here = await at(id);
  await here.keyboard.press('r');
  await here.keyboard.type('Which lamp');
  await here.getByText(/Draft saved/).waitFor();
  await here.getByRole('tab', { name: /Internal note/ }).click();
  await here.keyboard.type('The old one, I think');
  await here.getByText(/Draft saved/).waitFor();

  const there = await at(id);
  const reply = there.getByLabel('Your reply');
  await reads(reply, 'Which lamp');
  await there.getByRole('tab', { name: /Internal note \(draft\)/ }).click();
  await reads(there.getByLabel('Your internal note'), 'The old one, I think');
  await there.getByRole('button', { name: 'Add note' }).click();
  await there.getByText('Note added').waitFor();

  // The other window is asked, not overwritten.
  await there.getByRole('tab', { name: /Reply/ }).click();
  await reply.fill('Which lamp is it?');
  await expect.poll(async () => (await draft(id)).body['body'], { timeout: 30_000 }).toBe('Which lamp is it?');
  await here.getByRole('tab', { name: /Reply/ }).click();
  await here.getByLabel('Your reply').fill('Which lamp, and where?');
  await here.getByText('changed in another window').waitFor();
  await here.getByRole('button', { name: 'Show that one' }).click();
  await reads(here.getByLabel('Your reply'), 'Which lamp is it?');

  expect((await draft(id, 'internal')).body['version']).toBe(0);
});

test('a reply waits some seconds: Ctrl Z makes it a draft again, and otherwise it goes out and the page says so by itself', async () => {
  await (await desk().as('admin')).send('PATCH', '/api/settings', { undo_send_seconds: 6 });
  const id = await ticket('The fan rattles');
  const page = await at(id);
  await page.keyboard.press('r');
  await page.keyboard.type('Try the other plug');
  await page.keyboard.press('Control+Enter');
  await page.getByText(/goes out in \d+ s/).waitFor();
  await page.keyboard.press('Control+z');
  await page.getByText('The reply is a draft again').waitFor();
  await reads(page.getByLabel('Your reply'), 'Try the other plug');
  const api = await desk().as('employee');
  const said = async () => JSON.stringify((await api.get(`/api/tickets/${id}`)).body['conversation']);
  expect(await said()).not.toContain('other plug');

  await page.getByLabel('Your reply').press('Control+Enter');
  await page.getByText(/Goes out/).waitFor();
  await page.getByText(/· sent/).waitFor();
  expect(await page.getByText(/Goes out|goes out in/).count()).toBe(0);
  expect(await said()).toContain('other plug');
  expect((await draft(id)).body['version']).toBe(0);
});

test('a reply that sets the ticket pending is taken back, and the status with it', async () => {
  const id = await ticket('The door squeaks');
  const api = await desk().as('coordinator');
  await api.post(`/api/tickets/${id}/transitions`, { name: 'approve', priority: 'low', category: 'Hardware' });
  const page = await at(id);
  await status(page, 'Open');
  await page.keyboard.press('r');
  await page.keyboard.type('Which door?');
  await page.getByRole('button', { name: 'Other ways to send' }).click();
  await page.getByRole('menuitem', { name: 'Send and set pending' }).click();
  await status(page, 'Pending');
  await page.keyboard.press('Control+z');
  await page.getByText('The reply is a draft again').waitFor();
  await status(page, 'Open');
  expect((await api.get(`/api/tickets/${id}`)).body['status']).toBe('open');
});

test('a reply goes out at a time that its writer chooses, and until then another one, or now', async () => {
  const id = await ticket('The desk wobbles');
  const page = await at(id);
  await page.keyboard.press('r');
  await page.keyboard.type('We come on Monday');
  await page.getByRole('button', { name: 'Other ways to send' }).click();
  await page.getByRole('menuitem', { name: 'Send later…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Date and time').fill('2020-01-01T08:00');
  await dialog.getByRole('button', { name: 'Send later' }).click();
  await dialog.getByText('still to come').waitFor();
  await dialog.getByLabel('Date and time').fill(inDays(2));
  await dialog.getByRole('button', { name: 'Send later' }).click();
  await page.getByText(/The reply goes out/).waitFor();
  const waits = async () => {
    const { conversation } = (await (await desk().as('coordinator')).get(`/api/tickets/${id}`)).body;
    return (conversation as { held_until: string | null }[]).at(-1)?.held_until ?? null;
  };
  expect(await waits()).toBe(new Date(inDays(2)).toISOString());

  await page.getByRole('button', { name: 'Another time…' }).click();
  await dialog.getByLabel('Date and time').fill(inDays(3));
  await dialog.getByRole('button', { name: 'Send later' }).click();
  await expect.poll(waits, { timeout: 30_000 }).toBe(new Date(inDays(3)).toISOString());
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByText(/· sent/).waitFor();
  expect(await waits()).toBeNull();
});

test('a reply is written with formats: its draft, the conversation and the mail have them, and the mail says the same in text', async () => {
  const id = await ticket('The heater clicks');
  const page = await at(id);
  const field = page.getByLabel('Your reply');
  const bar = page.getByRole('toolbar', { name: 'Format' });
  await page.keyboard.press('r');
  await page.keyboard.press('Control+b');
  await page.keyboard.type('Do not touch it');
  await page.keyboard.press('Control+b');
  await page.keyboard.type('. Please:');
  await page.keyboard.press('Enter');
  await bar.getByRole('button', { name: 'List', exact: true }).click();
  await page.keyboard.type('unplug it');
  await page.keyboard.press('Enter');
  await page.keyboard.type('see the page');
  await page.keyboard.press('Shift+Home');
  await page.keyboard.press('Control+k');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address').fill('javascript:alert(1)');
  await page.keyboard.press('Enter');
  await dialog.getByText('Enter the address of a page').first().waitFor();
  await dialog.getByLabel('Address').fill('intranet.example/heater');
  await page.keyboard.press('Enter');
  await field.getByRole('link', { name: 'see the page' }).waitFor();
  expect(await bar.getByRole('button', { name: 'List', exact: true }).getAttribute('aria-pressed')).toBe('true');
  await expect.poll(async () => (await draft(id)).body['body_html'], { timeout: 30_000 }).toMatch(/heater/);

  const there = await at(id);
  await there.getByLabel('Your reply').getByText('Do not touch it').and(there.locator('strong')).waitFor();
  await there.close();
  await field.press('Control+Enter');
  await page.getByRole('button', { name: 'Send now' }).first().click();
  const message = page.getByRole('article').last();
  await message.locator('strong', { hasText: 'Do not touch it' }).waitFor();
  expect(await message.locator('li').allInnerTexts()).toEqual(['unplug it', 'see the page']);
  expect(await message.getByRole('link').getAttribute('href')).toBe('https://intranet.example/heater');
  expect((await field.innerText()).trim()).toBe('');

  const mail = await mailTo('Do not touch it');
  expect(mail.html).toContain('<strong>Do not touch it</strong>. Please:');
  expect(mail.html).toMatch(/<li>unplug it<\/li><li><a [^>]*href="https:\/\/intranet\.example\/heater"/);
  expect(mail.text).toContain(
    'Do not touch it. Please:\n\n- unplug it\n- see the page <https://intranet.example/heater>\n',
  );
});

test('a colleague is called by name: after an @ the editor offers names, and who is named follows the ticket and gets a mail', async () => {
  const admin = await desk().as('admin');
  for (const [first_name, email] of [
    ['Petra', 'petra.nowak@maravia.example'],
    ['Peter', 'peter@maravia.example'],
  ])
    await admin.post('/api/employees', { first_name, last_name: 'Nowak', email, role: 'coordinator' });
  const id = await ticket('The printer eats paper');
  const page = await at(id);
  const field = page.getByLabel('Your internal note');
  await page.keyboard.press('n');
  await page.keyboard.type('Your turn, @pet');
  const list = page.getByRole('listbox', { name: 'Colleagues' });
  await expect.poll(() => list.getByRole('option').count(), { timeout: 30_000 }).toBe(2);
  await page.keyboard.type('r');
  await expect.poll(() => list.getByRole('option').count(), { timeout: 30_000 }).toBe(1);
  expect(await field.getAttribute('aria-activedescendant')).toBe(await list.getByRole('option').getAttribute('id'));
  await page.keyboard.press('Enter');
  await reads(field, 'Your turn, @petra.nowak');
  await page.keyboard.type('or @pet');
  await list.waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Enter');
  await page.getByText('Note added').waitFor();

  const { text, to } = await mailTo('mentioned you');
  expect(JSON.stringify(to)).toContain('petra.nowak@maravia.example');
  expect(text).not.toContain('Your turn');
  await page.getByRole('complementary').getByText('Petra Nowak').waitFor();
});

test('T10: whatever html an answer of the desk had, the page makes words of it and nothing that runs or asks', async () => {
  const id = await ticket('The chair squeaks');
  const api = await desk().as('coordinator');
  await api.post(`/api/tickets/${id}/comments`, { body_html: '<p>Oil it</p>' });
  const page = await browser().open();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const evil =
    '<p onmouseover="document.title=1">Oil <img src="https://spy.example/a" onerror="document.title=1"><a href="javascript:document.title=1">it</a><iframe srcdoc="<script>parent.document.title=1</script>"></iframe><svg onload="document.title=1"></svg></p>';
  await page.route(`**/api/tickets/${id}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      body: (await answer.text()).replace('<p>Oil it</p>', () => JSON.stringify(evil).slice(1, -1)),
    });
  });
  await page.routeWebSocket('**', (socket) => socket.close());
  await signIn(page, desk(), 'coordinator', `/tickets/${id}`);
  const body = page.getByRole('article').last().locator('.rich');
  await body.getByText('Oil').waitFor();
  expect(
    await body.locator('*').evaluateAll((all) => all.map((one) => [one.localName, ...one.getAttributeNames()])),
  ).toEqual([['p'], ['a']]);
  expect(await page.title()).toContain('The chair squeaks');
  expect(asked.filter((url) => url.includes('spy.example'))).toEqual([]);
});

/** Eight o'clock in so many days, as a field for a time has it. */
function inDays(days: number): string {
  const day = new Date(Date.now() + days * 86_400_000);
  return `${new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)}T08:00`;
}
