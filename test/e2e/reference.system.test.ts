import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';

const desk = useRunningDesk();
const browser = useBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare const axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };

test.each([
  ['on a wide light screen', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['on a narrow dark one', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' }],
] as const)('the reference of the API can be read by everybody %s: axe finds nothing', async (_, options) => {
  const page = await browser().open(options);
  await page.goto(`${desk().url}/api/docs`);
  await page.evaluate(AXE);
  const found = await page.evaluate(async () =>
    (await axe.run()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
  );
  expect(found).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
});

test('a link of the contents leads to its operation, and from there to the shape of its answer', async () => {
  const page = await browser().open();
  await page.goto(`${desk().url}/api/docs`);
  await page.getByRole('navigation').getByRole('link', { name: 'A ticket with its conversation' }).click();
  const operation = page.getByRole('article', { name: 'GET /api/tickets/{id}', exact: true });
  await operation.getByRole('link', { name: 'Ticket', exact: true }).click();
  expect(new URL(page.url()).hash).toBe('#schema-Ticket');
  expect(await page.getByRole('heading', { name: 'Ticket', exact: true }).isVisible()).toBe(true);
});
