import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

const counter = (page: Page, name: string, n: number) =>
  page.locator('.counters').getByRole('link', { name: `${name} ${n}`, exact: true });

test('the counters of the dashboard change while one looks, and each leads to the list that it counts', async () => {
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator', '/tickets');
  await ready(page, 'queue');
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await ready(page, 'dashboard');
  await counter(page, 'New', 0).waitFor();
  await desk().write({ from: 'Ana <ana@example.org>', subject: 'The gate is stuck', text: 'Since today.' });
  await counter(page, 'New', 1).waitFor(); // without a reload
  await counter(page, 'New', 1).click();
  await page.getByRole('link', { name: 'The gate is stuck' }).waitFor();

  const form = new FormData();
  const late = { subject: 'The lift is stuck', description: 'Again.', scheduled_for: '2024-01-01T08:00:00Z' };
  for (const [name, value] of Object.entries(late)) form.append(name, value);
  expect((await (await desk().as('coordinator')).send('POST', '/api/tickets', form)).status).toBe(201);
  await page.goto(`${desk().url}/dashboard`);
  await counter(page, 'New', 2).waitFor();
  await counter(page, 'Overdue', 1).click();
  await page.getByRole('link', { name: 'The lift is stuck' }).waitFor();
  expect(await page.locator('.q-subject').allTextContents()).toEqual(['The lift is stuck']);
  expect(await page.getByText('To approve').count()).toBe(0); // a matter of admins
});

test('an admin sees on the dashboard who waits to be let in, what is held back, and what the desk ails', async () => {
  const form = new FormData();
  const given = {
    first_name: 'Grace',
    last_name: 'Hopper',
    email: 'grace@navy.example',
    password: 'a moth in relay 70',
  };
  for (const [name, value] of Object.entries(given)) form.append(name, value);
  await fetch(`${desk().url}/api/register`, { method: 'POST', body: form });
  const source = { kind: 'imap', host: '127.0.0.1', port: 1, tls: 'none', user: 'pay', password: 'not-a-secret' };
  const mailbox = { name: 'Payroll', address: 'payroll@maravia.example', source, enabled: true };
  expect((await (await desk().as('admin')).post('/api/mailboxes', mailbox)).status).toBe(201);
  await desk().write({ from: '', subject: 'Scan', text: 'See the scan.' });

  const page = await browser().open();
  await signIn(page, desk(), 'admin', '/dashboard');
  await ready(page, 'dashboard');
  await expect.poll(() => counter(page, 'Held back', 1).count(), { timeout: 60_000 }).toBe(1);
  await page.getByText('1 mailbox is not read as it should be').waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'See the system health' }).click();
  await ready(page, 'health');
  await page.goBack();
  await counter(page, 'To approve', 1).click();
  await page.getByRole('button', { name: 'Approve Grace Hopper' }).waitFor();
});

test('the numbers of a report open the tickets behind them, for other days too, and go away as a file or on paper', async () => {
  const api = await desk().as('coordinator');
  const { count } = (await api.get('/api/tickets?view=all')).body as { count: number };
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator', '/dashboard');
  await ready(page, 'dashboard');
  const figure = page.getByRole('figure', { name: 'Came in, by day' });
  await figure.getByText(`${count} came in, ${count} more than before.`, { exact: false }).waitFor();
  await figure.getByText('Show as table').click();
  const today = figure.getByRole('row').last().getByRole('link');
  expect(await today.textContent()).toBe(String(count));
  await today.click();
  await ready(page, 'queue');
  await expect.poll(() => page.locator('.q-subject').count(), { timeout: 30_000 }).toBe(count);

  await page.goBack();
  await ready(page, 'dashboard');
  const old = page.getByRole('figure', { name: 'Age of what is open now' });
  await old.getByText(`${count} open`, { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Reports of: the last 30 days' }).click();
  await page.getByRole('menuitemradio', { name: 'the last 7 days' }).click();
  await expect.poll(() => figure.locator('tbody tr').count(), { timeout: 30_000 }).toBe(7);
  await page.getByLabel('From').fill('2024-01-01');
  await page.getByLabel('to', { exact: true }).fill('2024-01-09');
  await figure.getByText('0 came in, as many as before.', { exact: false }).waitFor();
  expect(page.url()).toMatch(/from=2024-01-01&to=2024-01-09$/);

  await page.getByRole('button', { name: 'CSV' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Came in, by category' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('category-2024-01-01.csv');

  await page.emulateMedia({ media: 'print' });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  expect(await page.locator('.nav').isVisible()).toBe(false);
  expect(await page.locator('details.data:not([open])').count()).toBe(0);
});

test('on a phone the newest day of a report stands on screen, as the days do not fit', async () => {
  await desk().write({ from: 'Ana <ana@example.org>', subject: 'The ramp is icy', text: 'Since today.' });
  const page = await browser().open({ viewport: { width: 375, height: 760 } });
  await signIn(page, desk(), 'coordinator', '/dashboard');
  await ready(page, 'dashboard');
  const today = page.locator('.wide-plot rect').last();
  await expect.poll(async () => (await today.boundingBox())?.x ?? Infinity, { timeout: 30_000 }).toBeLessThan(375);
});
