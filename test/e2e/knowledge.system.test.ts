import { beforeAll, expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();
let number: string;
beforeAll(async () => {
  const [employee, coordinator] = [await desk().as('employee'), await desk().as('coordinator')];
  const ticket = { subject: 'Scanner jams', description: 'Paper is stuck.', category: 'Hardware' };
  const { id, ticket_number } = (await employee.post('/api/tickets', ticket)).body as {
    id: number;
    ticket_number: string;
  };
  await coordinator.post(`/api/tickets/${id}/transitions`, { name: 'approve', priority: 'low', category: 'Hardware' });
  await coordinator.post(`/api/tickets/${id}/transitions`, { name: 'resolve', comment: 'Open the lid at the back.' });
  number = ticket_number;
});

test('a solved ticket becomes an article, is edited, previewed and published; then it is found by who asks the same', async () => {
  const staff = await browser().open();
  await signIn(staff, desk(), 'coordinator', '/articles/new');
  await ready(staff, 'new-article');
  await staff.getByLabel('Number of the ticket').fill(number.toLowerCase());
  await staff.getByRole('button', { name: 'Make a draft' }).click();
  await ready(staff, 'article');
  await staff.getByText('Open the lid at the back.').first().waitFor();
  await staff.getByRole('button', { name: 'Edit', exact: true }).click();
  await staff.getByLabel('Title').fill('When the scanner jams');
  await staff.getByLabel('Text', { exact: true }).fill('1. Open the **lid**\n2. Pull <script>alert(1)</script>');
  await staff.getByLabel('Who may read it').selectOption({ label: 'Everybody who is signed in' });
  await staff.getByRole('button', { name: 'Preview' }).click();
  await staff.getByRole('heading', { name: 'Preview' }).waitFor();
  expect(await staff.locator('.article-preview li').allTextContents()).toEqual([
    'Open the lid',
    'Pull <script>alert(1)</script>',
  ]);
  await staff.getByRole('button', { name: 'Save draft' }).click();
  await staff.getByRole('button', { name: 'Publish' }).click();
  await staff.getByRole('button', { name: 'Take back' }).waitFor();
  await staff.getByText('Version 1').waitFor();

  const page = await browser().open();
  await signIn(page, desk(), 'employee', '/tickets/new');
  await ready(page, 'new-ticket');
  await page.getByLabel('What happened?').fill('Our scanner jams all the time');
  const opened = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'When the scanner jams' }).click();
  const article = await opened;
  await ready(article, 'article');
  await article.getByRole('button', { name: 'No', exact: true }).click();
  await article.getByRole('link', { name: 'Ask for help' }).last().waitFor();
  await article.getByRole('button', { name: 'Yes', exact: true }).click();
  await article.locator('[aria-pressed="true"]', { hasText: 'Yes' }).waitFor();
  // What was being written is still there.
  expect(await page.getByLabel('What happened?').inputValue()).toBe('Our scanner jams all the time');
  await staff.reload();
  await staff.getByText('helped 1, did not help 0').waitFor();
});

test('an employee searches, and is led to the form when there is nothing', async () => {
  const page = await browser().open();
  await signIn(page, desk(), 'employee', '/articles');
  await ready(page, 'articles');
  await page.getByRole('searchbox').fill('zeppelin');
  await page.getByRole('heading', { name: 'No article has all these words' }).waitFor();
  await page.locator('.empty').getByRole('link', { name: 'Ask for help' }).click();
  await ready(page, 'new-ticket');
});
