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
