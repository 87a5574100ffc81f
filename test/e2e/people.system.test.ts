import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

test('whom a mail names takes part when staff says so, others by their address, and all of it is undone the same way', async () => {
  await desk().write({
    ...{ from: 'Ana Réyes <ana@example.org>', subject: 'The gate is stuck', text: 'It is.' },
    cc: 'Max Adler <max@example.org>, Eve <eve@example.org>',
  });
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator');
  await page.getByRole('link', { name: 'The gate is stuck' }).click();
  await ready(page, 'ticket');
  const api = await desk().as('coordinator');
  const id = Number(page.url().split('/').at(-1));
  const ticket = async () => (await api.get(`/api/tickets/${id}`)).body;
  const others = async () =>
    ((await ticket())['participants'] as { person: { email: string } }[]).map(({ person }) => person.email).slice(1);

  await page.getByRole('button', { name: /Let take part.*Max Adler/ }).click();
  await page.getByText('Max Adler takes part now').waitFor();
  await page.getByRole('button', { name: /Decline.*Eve/ }).click();
  await page.getByText('Eve is not asked about again').waitFor();
  expect(await page.getByText('Named in a mail').count()).toBe(0);
  expect(await others()).toEqual(['max@example.org']);

  // The palette, as every action.
  await page.keyboard.press('Control+k');
  await page
    .getByRole('combobox', { name: /Search|Type/ })
    .or(page.getByRole('combobox'))
    .first()
    .waitFor();
  await page.keyboard.type('add somebody');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Who is to take part?' });
  await dialog.getByLabel('Mail address').fill('kofi@example.org');
  await page.keyboard.press('Enter');
  await page.getByText('kofi@example.org takes part now').waitFor();
  await page.getByRole('button', { name: 'Take Max Adler off the ticket' }).click();
  await page.getByText('Max Adler takes part no longer').waitFor();
  expect(await others()).toEqual(['kofi@example.org']);

  await page.locator('h1').focus();
  await page.keyboard.press('w');
  await page.getByRole('button', { name: 'Stop watching' }).waitFor();
  expect((await ticket())['watchers']).toHaveLength(1);
  await page.getByRole('button', { name: 'Stop watching' }).click();
  await page.getByRole('button', { name: 'Watch this ticket' }).waitFor();
  expect((await ticket())['watchers']).toEqual([]);
});
