import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

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
  return page;
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
  await expect.poll(() => reply.inputValue(), { timeout: 30_000 }).toBe('Which lamp');
  await there.getByRole('tab', { name: /Internal note \(draft\)/ }).click();
  await expect
    .poll(() => there.getByLabel('Your internal note').inputValue(), { timeout: 30_000 })
    .toBe('The old one, I think');
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
  await expect.poll(() => here.getByLabel('Your reply').inputValue(), { timeout: 30_000 }).toBe('Which lamp is it?');

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
  await expect.poll(() => page.getByLabel('Your reply').inputValue(), { timeout: 30_000 }).toBe('Try the other plug');
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

/** Eight o'clock in so many days, as a field for a time has it. */
function inDays(days: number): string {
  const day = new Date(Date.now() + days * 86_400_000);
  return `${new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)}T08:00`;
}
