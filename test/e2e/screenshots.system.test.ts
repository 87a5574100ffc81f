import { beforeAll, expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { fillDesk, Visits, type Filled } from '../support/portal-desk.ts';
import { PAGES } from '../support/portal-pages.ts';
import { useRunningDesk } from '../support/running-desk.ts';

const desk = useRunningDesk();
const browser = useBrowser();
const FOLDER = '.cache/screenshots';
const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, deviceScaleFactor: 2 },
} as const;

let filled: Filled;
beforeAll(async () => {
  filled = await fillDesk(desk());
});

for (const [look, options] of Object.entries(LOOKS))
  test(`every page has its picture, ${look}, in ${FOLDER}`, async () => {
    const visits = new Visits(desk(), (given) => browser().open({ reducedMotion: 'reduce', ...given }));
    for (const page of PAGES) {
      const tab = await visits.as(page.as, look, options);
      await visits.go(tab, page, filled);
      await tab.screenshot({ path: `${FOLDER}/${page.name}-${look}.png` });
    }
    expect(PAGES.length).toBeGreaterThan(0);
  });
