import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useBrowser } from '../support/browser.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
const browser = useBrowser();
const FOLDER = '.cache/screenshots/mails';
let admin: Actor;
let axe: string;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin', 'Ada');
  const ana = await newActor(desk(), 'employee', 'Ana');
  await ana.post('/api/tickets', {
    subject: 'Laptop will not wake after the meeting in Harbour-Street-Conference-Room-4.17',
    description: `It stays dark.\n\nhttps://intranet.maravia.example/${'a-long-path/'.repeat(12)}\n\nThank you`,
  });
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await mkdir(FOLDER, { recursive: true });
});

const LOOKS = (['light', 'dark'] as const).flatMap((scheme) => [320, 1200].map((width) => [scheme, width] as const));

interface Faults {
  violations: { id: string; nodes: { html: string }[] }[];
}

test.each(LOOKS)('every mail can be read in %s at %i px: contrast, and no sideways scroll', async (scheme, width) => {
  const { body } = await admin.get('/api/templates');
  const page = await browser().open({ colorScheme: scheme, viewport: { width, height: 800 } });
  const found: Record<string, string[]> = {};
  for (const { template, locale } of body['results'] as { template: string; locale: string }[]) {
    await desk().transaction((tx) => tx.em.execute('update employee set locale = ? where id = ?', [locale, admin.id]));
    const shown = await admin.post(`/api/templates/${template}/${locale}/preview`, { recipient: admin.id });
    await page.setContent(String(shown.body['html']));
    const { violations } = await page.evaluate<Faults>(`${axe}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] })`);
    const faults = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
    if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth + 1'))
      faults.push('scrolls sideways');
    if (faults.length > 0) found[`${template} ${locale}`] = faults;
    await page.screenshot({ path: `${FOLDER}/${template}-${locale}-${scheme}-${width}.png`, fullPage: true });
  }
  expect(found).toEqual({});
});
