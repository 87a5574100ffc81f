import { beforeAll, expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();
beforeAll(async () => {
  const [employee, coordinator] = [await desk().as('employee'), await desk().as('coordinator')];
  await employee.post('/api/tickets', { subject: 'Badge is broken', description: 'Since Monday.' });
  const article = { title: 'A badge that opens no door', body: 'Hold it longer.', audience: 'public' };
  const { id, version } = (await coordinator.post('/api/articles', article)).body as { id: number; version: number };
  await coordinator.post(`/api/articles/${id}/publish`, { version });
});

test('Chat with Bot: a question is answered by articles and own tickets, says that a search did it, and is handed over to people', async () => {
  const page = await browser().open();
  await signIn(page, desk(), 'employee', '/tickets');
  await ready(page, 'my-tickets');
  await page.getByRole('button', { name: 'Ask a question' }).click();
  const panel = page.getByRole('dialog', { name: 'Ask a question' });
  await panel.getByLabel('Your question').fill('My badge does not open the door');
  await page.keyboard.press('Enter');
  await panel.getByText('No language model answers here').waitFor();
  await panel.getByRole('link', { name: 'Badge is broken' }).waitFor();
  await panel.getByRole('link', { name: 'A badge that opens no door' }).click();
  await ready(page, 'article');
  await panel.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Ask a question' }).click();
  await panel.getByLabel('Your question').fill('Where do I get a zeppelin?');
  await panel.getByRole('button', { name: 'Ask', exact: true }).click();
  await panel.getByText('A search found nothing').waitFor();
  await panel.getByRole('button', { name: 'Ask support' }).click();
  await ready(page, 'new-ticket');
  expect(await page.getByLabel('What happened?').inputValue()).toBe('Where do I get a zeppelin?');
});
