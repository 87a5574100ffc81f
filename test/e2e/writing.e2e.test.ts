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
