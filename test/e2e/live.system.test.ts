import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

async function queue(): Promise<Page> {
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator');
  await ready(page, 'queue');
  return page;
}

const write = (subject: string) => desk().write({ from: 'Ana Réyes <ana@example.org>', subject, text: 'It beeps.' });
/** Shown at once in an empty list, behind "1 new ticket" in any other. */
async function appears(page: Page, subject: string): Promise<void> {
  const row = page.getByRole('link', { name: subject }).first();
  const pill = page.getByRole('button', { name: /new ticket/ });
  await row.or(pill).first().waitFor();
  if (!(await row.isVisible())) await pill.click();
  await row.waitFor();
}

test('with its way to ask closed, an open list shows a new mail, and an open ticket what is said on it', async () => {
  const page = await queue();
  await write('The first beep');
  await appears(page, 'The first beep');
  const asked: string[] = [];
  await page.route(/\/api\/(tickets|badges)/, (route) => {
    asked.push(route.request().url());
    return route.abort();
  });
  await write('The second beep');
  await appears(page, 'The second beep');
  await page.unroute(/\/api\/(tickets|badges)/);

  await page.getByRole('link', { name: 'The second beep' }).first().click();
  await ready(page, 'ticket');
  const id = Number(page.url().split('/').at(-1));
  await page.route(/\/api\/(tickets|badges)/, (route) => route.abort());
  const colleague = await desk().as('admin');
  await colleague.post(`/api/tickets/${id}/comments`, { body: 'I have seen this before', visibility: 'internal' });
  await page.getByText('I have seen this before').waitFor();
  await page.unroute(/\/api\/(tickets|badges)/);
  expect(asked).toEqual([]);
});

test('without its connection an open list shows a new mail by asking', async () => {
  const page = await browser().open();
  await page.routeWebSocket(/\/api\/live/, (socket) => socket.close());
  await signIn(page, desk(), 'coordinator');
  await ready(page, 'queue');
  await write('The third beep');
  await appears(page, 'The third beep');
});

test('a connection that breaks comes back, and nothing of the time between is missed', async () => {
  const page = await browser().open();
  const sockets: { close(): Promise<void> }[] = [];
  await page.routeWebSocket(/\/api\/live/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await signIn(page, desk(), 'coordinator');
  await ready(page, 'queue');
  await expect.poll(() => sockets.length, { timeout: 30_000 }).toBe(1);
  await page.route(/\/api\/(tickets|badges)/, (route) => route.abort());
  await sockets[0]?.close();
  await write('The fourth beep');
  await appears(page, 'The fourth beep');
  await page.unroute(/\/api\/(tickets|badges)/);
  expect(sockets.length).toBeGreaterThan(1);
});
