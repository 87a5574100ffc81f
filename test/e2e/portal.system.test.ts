import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { placeOf } from '../../web/lib/routes.ts';
import { useBrowser } from '../support/browser.ts';
import { fillDesk, Visits, type Filled } from '../support/portal-desk.ts';
import { PAGES, type Visitor } from '../support/portal-pages.ts';
import { useRunningDesk } from '../support/running-desk.ts';

const desk = useRunningDesk();
const browser = useBrowser();
let filled: Filled;
let axe: string;
beforeAll(async () => {
  filled = await fillDesk(desk());
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

const visits = () => new Visits(desk(), (options) => browser().open({ reducedMotion: 'reduce', ...options }));

interface Fault {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** What axe finds by WCAG 2.2 AA and its best practices. Evaluated by the browser itself: the policy of the page allows no foreign script. */
async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<{ violations: Fault[] }>(
    `${axe}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], iframes: false })`,
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`));
}

/** 200 % of a window of 1280 is one of 640; nothing may need a second direction to scroll (WCAG 1.4.10). */
const LOOKS = {
  'in light': { colorScheme: 'light' },
  'in dark': { colorScheme: 'dark' },
  'at 320 px': { viewport: { width: 320, height: 640 } },
  'at 200 %': { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 },
} as const;

describe('axe finds nothing on any page', () => {
  test.each(Object.entries(LOOKS))('%s', async (look, options) => {
    const tabs = visits();
    const found: Record<string, string[]> = {};
    for (const page of PAGES) {
      const tab = await tabs.as(page.as, look, options);
      await tabs.go(tab, page, filled);
      const wide = await tab.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth + 1');
      const faults = [...(await faultsOf(tab)), ...(wide ? ['the page scrolls sideways'] : [])];
      if (faults.length > 0) found[page.name] = faults;
    }
    expect(found).toEqual({});
  });
});

describe('a crawler', () => {
  test.each<Visitor>(['nobody', 'employee', 'coordinator', 'admin'])(
    'follows every link as %s, to pages that answer and stand in the lists',
    async (visitor) => {
      const tabs = visits();
      const tab = await tabs.as(visitor, 'crawl', {});
      // The start leads on to the first page of each role.
      const known = new Set<string>([
        'home',
        ...PAGES.map(({ path }) => placeOf(new URL(path(filled), desk().url).pathname).page),
      ]);
      const seen = new Set<string>();
      const waiting = PAGES.filter(({ as }) => as === visitor).map(({ path }) => path(filled));
      const wrong: string[] = [];
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        const { page } = placeOf(new URL(path, desk().url).pathname);
        // One ticket, mail or person is like another one.
        const kind = path.replace(/\d+/g, '0');
        if (seen.has(kind)) continue;
        seen.add(kind);
        await tab.goto(desk().url + path);
        await tab.waitForSelector('[data-ready], .empty h1');
        if (!known.has(page)) wrong.push(`${path}: a page that is missing from the list`);
        const links = await tab.$$eval('a[href]', (nodes) => nodes.map((node) => node.getAttribute('href') ?? ''));
        waiting.push(...links.filter((href) => href.startsWith('/') && !href.startsWith('/api/')));
        if (page === 'not-found' && path !== '/elsewhere') wrong.push(`${path}: a dead link`);
      }
      expect(wrong).toEqual([]);
      expect(seen.size).toBeGreaterThan(3);
    },
  );

  test.each<Visitor>(['nobody', 'employee', 'coordinator', 'admin'])(
    'presses every button as %s: each does something, and none breaks a page',
    async (visitor) => {
      const tabs = visits();
      const dead: string[] = [];
      const frame = new Set<string>();
      for (const page of PAGES.filter(({ as, act }) => as === visitor && !act)) {
        const tab = await tabs.as(visitor, 'press', {});
        await tabs.go(tab, page, filled);
        const buttons = await tab.$$eval('button:enabled', DESCRIBED);
        const kinds = new Map(buttons.map((button) => [button.kind, button]));
        for (const { name, ofFrame } of kinds.values()) {
          // What stands round every page is pressed once.
          if (SPARED.test(name) || (ofFrame && frame.has(name))) continue;
          if (ofFrame) frame.add(name);
          await tabs.go(tab, page, filled);
          const labelled = tab.getByLabel(name, { exact: true });
          const button = tab.locator('button:enabled:visible', { hasText: name }).or(labelled).first();
          if ((await button.count()) === 0) continue; // it came and went with what lives on the page
          const before = await tab.evaluate(WATCH);
          await button.click({ timeout: 10_000 });
          const did = await tab.waitForFunction(CHANGED, before, { timeout: 5_000 }).catch(() => null);
          if (!did) dead.push(`${page.name}: ${name}`);
        }
      }
      expect(dead).toEqual([]);
    },
  );
});

interface Button {
  name: string;
  /** Buttons of rows that are like one another are one kind. */
  kind: string;
  ofFrame: boolean;
}

/** In the page: what the buttons there are called. A script of the browser, whose document this program's types know nothing of. */
const DESCRIBED = new Function(
  'nodes',
  `return nodes
    .filter((node) => node.checkVisibility() && !node.closest('[aria-hidden="true"]'))
    .map((node) => {
      const name = (node.getAttribute('aria-label') ?? node.textContent).replace(/\\s+/g, ' ').trim();
      const icon = node.querySelector('use')?.getAttribute('href') ?? '';
      return { name, kind: icon + name.split(/[ :…]/)[0], ofFrame: node.closest('nav, .e-top, .gate-head') !== null };
    })`,
) as (nodes: unknown[]) => Button[];

/** Ends the visit, or opens a dialog of the system that nobody can see. */
const SPARED =
  /^(Sign out|Sign out there|Sign out everywhere else|Attach files|Choose a picture|choose files|Use a passkey instead)$/;

/** Notes what a press can change: the document, the address, the focus, what is asked of the desk, and what is downloaded. */
const WATCH = `(() => {
  const w = globalThis;
  w.changes = 0;
  w.watcher?.disconnect();
  w.watcher = new MutationObserver(() => { w.changes += 1; });
  w.watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  return { href: location.href, asked: performance.getEntriesByType('resource').length, at: document.activeElement?.outerHTML ?? '' };
})()`;
const CHANGED = `(before) => globalThis.changes > 0 || location.href !== before.href ||
  performance.getEntriesByType('resource').length > before.asked || (document.activeElement?.outerHTML ?? '') !== before.at`;

test('the policy of every page lets no inline script or style in, and nothing is kept in the browser that grants access', async () => {
  const tabs = visits();
  const tab = await tabs.as('admin', 'policy', {});
  const response = await tab.goto(`${desk().url}/employees`);
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  const kept = await tab.evaluate<string[]>('[...Object.keys(localStorage), ...Object.keys(sessionStorage)]');
  expect(kept.filter((key) => !/^smartsupport\.(language|theme|single-keys|was-here|draft\.)/.test(key))).toEqual([]);
});
