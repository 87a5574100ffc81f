import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn, status, writeToDesk } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

test('somebody without an account follows the link of a mail, says that it is not solved, and writes', async () => {
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator');
  await ready(page, 'queue');
  await writeToDesk(page, {
    from: 'Eva Lind <eva@example.org>',
    subject: 'The printer eats paper',
    text: 'All of it.',
  });
  await page.getByRole('button', { name: 'Send mail' }).click();

  // The link in its receipt opens the ticket in a browser that knows nobody.
  const api = await desk().as('coordinator');
  const linkIn = async () => {
    for (const { raw } of (await api.get('/api/dev/mail')).body['results'] as { raw: string }[]) {
      const { text = '', to } = await simpleParser(raw);
      if (JSON.stringify(to).includes('eva@example.org')) return /\/status#\S+/.exec(text)?.[0] ?? null;
    }
    return null;
  };
  await expect.poll(linkIn, { timeout: 30_000 }).not.toBe(null);
  const guest = await browser().open();
  await guest.goto(`${desk().url}${await linkIn()}`);
  await ready(guest, 'status');
  await guest.getByRole('heading', { name: 'The printer eats paper' }).waitFor();
  expect(await guest.getByRole('button', { name: 'Yes, this solved it' }).count()).toBe(0);

  await page.getByRole('link', { name: 'All open' }).click();
  await page
    .getByRole('link', { name: /eats paper/ })
    .first()
    .click();
  await ready(page, 'ticket');
  await page.getByRole('button', { name: 'Approve…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Priority').selectOption('low');
  await dialog.getByLabel('Category').selectOption({ label: 'Hardware' });
  await dialog.getByRole('button', { name: 'Approve ticket' }).click();
  await status(page, 'Open');
  await page.keyboard.press('c');
  await status(page, 'In progress');
  await page.locator('h1').focus();
  await page.keyboard.press('e');
  await dialog.getByLabel('What was done').fill('Turn it off and on.');
  await dialog.getByRole('button', { name: 'Resolve ticket' }).click();
  await status(page, 'Resolved');

  await guest.reload();
  await guest.getByText('Turn it off and on.').waitFor();
  await guest.getByRole('button', { name: 'No, it did not' }).click();
  await guest.getByRole('heading', { name: 'We are working on it' }).waitFor();
  await guest.getByRole('textbox').fill('It still eats all of it.');
  await guest.getByRole('button', { name: 'Send', exact: true }).click();
  await guest.getByText('It still eats all of it.').waitFor();
  await status(page, 'In progress');
  await page.getByText('It still eats all of it.').waitFor();
});
