import { beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { eventually } from '../support/processes.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

/** On a machine that has more to do, a page takes its time. */
const PATIENT = { timeout: 30_000 };
const SUBJECTS = ['Badge does not open the gate', 'Printer prints blank pages', 'Second printer smells of smoke'];
beforeAll(async () => {
  const people = ['Kofi Mensah <kofi@maravia.example>', 'Hana Suzuki <hana@maravia.example>'];
  for (const [nth, subject] of SUBJECTS.entries())
    await desk().write({ from: people[nth % 2] ?? '', subject, text: 'Since Monday, near the toner shelf.' });
  const api = await desk().as('coordinator');
  await eventually('tickets of all mails', async () => {
    const { results } = (await api.get('/api/tickets?view=all')).body as { results: { id: number; subject: string }[] };
    if (results.length < SUBJECTS.length) return null;
    const printer = results.find(({ subject }) => subject === SUBJECTS[1]);
    const approval = { name: 'approve', priority: 'high', category: 'Hardware' };
    return (await api.post(`/api/tickets/${printer?.id}/transitions`, approval)).status === 200;
  });
});

const subjects = (page: Page) => page.locator('.q-subject').allTextContents();
/** Until the list has just these, in this order. */
const shows = (page: Page, ...wanted: (string | undefined)[]) =>
  expect.poll(() => subjects(page), PATIENT).toEqual(wanted);
const [badge, printer, smoke] = SUBJECTS;

test('a coordinator searches, sees where the words stand, and takes another order', async () => {
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator', '/tickets');
  await ready(page, 'queue');
  await page.keyboard.press('/');
  await page.keyboard.type('printer');
  await expect.poll(() => subjects(page).then((found) => found.length), PATIENT).toBe(2);
  await expect.poll(() => page.locator('.q-subject mark').allTextContents(), PATIENT).toEqual(['printer', 'Printer']);
  expect(await page.evaluate('document.activeElement.type')).toBe('search');

  await page.getByRole('button', { name: 'Sorted by: newest first' }).click();
  await page.getByRole('menuitemradio', { name: 'oldest first' }).click();
  await shows(page, printer, smoke);
  expect(page.url()).toMatch(/\?q=printer&sort=oldest$/);
  await page.goBack(); // to the order of before
  await shows(page, smoke, printer);
});

test('filters are found by their name, stand in the address, and are still there after a ticket', async () => {
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator', '/tickets');
  await ready(page, 'queue');
  const pick = async (words: string, option: RegExp) => {
    await page.keyboard.press('f');
    await page.keyboard.type(words);
    await page.getByRole('option', { name: option }).first().waitFor();
    await page.keyboard.press('Enter');
  };
  await pick('hana', /Hana Suzuki/);
  await shows(page, printer);
  await page.getByRole('button', { name: 'Requester Hana Suzuki' }).click(); // pressing it takes it away
  await shows(page, smoke, printer, badge);
  await pick('category hardw', /Hardware/);
  await shows(page, printer);
  await pick('submitted today', /today/);
  await pick('has files no', /no/);
  await shows(page, printer);

  await page.reload();
  await ready(page, 'queue');
  await shows(page, printer);
  await page.getByRole('button', { name: 'Category Hardware' }).waitFor();
  await page.getByRole('link', { name: 'Printer prints blank pages' }).click();
  await ready(page, 'ticket');
  await page.locator('.top').getByRole('link', { name: 'All open' }).click();
  await ready(page, 'queue');
  await shows(page, printer);

  await page.goto(`${desk().url}/tickets?view=all&overdue=true`);
  await page.getByText('No ticket fits').waitFor();
  await page.getByRole('link', { name: 'Show all' }).click();
  await shows(page, smoke, printer, badge);
});
