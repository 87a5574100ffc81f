import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

test('whoever goes elsewhere right after a decision is not called back to the next mail', async () => {
  for (const subject of ['First scan', 'Second scan']) await desk().write({ from: '', subject, text: 'See there.' });
  const page = await browser().open();
  await signIn(page, desk(), 'admin', '/held-back');
  await page.getByRole('link', { name: /First scan/ }).click();
  await ready(page, 'held-back');

  // The list that is read anew after the decision takes its time.
  let answer = () => undefined as void;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  await page.getByRole('button', { name: /^Discard/ }).click();
  await page.getByLabel('Why').fill('Nobody needs it.');
  await page.route(/\/api\/ledger\?.*quarantined/, async (route) => {
    await answered;
    await route.continue();
  });
  const asked = page.waitForRequest(/\/api\/ledger\?.*quarantined/);
  await page.getByRole('button', { name: 'Discard mail' }).click();
  await asked;
  await page.getByRole('link', { name: 'Audit log' }).click();
  await ready(page, 'audit');
  const read = page.waitForResponse(/\/api\/ledger\?.*quarantined/);
  answer();
  await (await read).finished();
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  expect(new URL(page.url()).pathname).toBe('/audit');
});
