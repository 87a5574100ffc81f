import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';

/** Own flags: the package's switch web security off. The sandbox cannot run as root; the pages are ours, the mails in them sandboxed. */
const FLAGS = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--in-process-gpu',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
];

/** Operations whose refusal is an answer like another one: nobody is signed in, a second factor is asked for, a link was used, another window wrote first. */
const REFUSES = [
  ...['/api/token/refresh', '/api/token/employee', '/api/token/second-factor', '/api/token/link', '/api/status-link'],
  '/draft',
];

export interface TestBrowser {
  /** A page with cookies and storage of its own. */
  open(
    options?: BrowserContextOptions & { /** Hosts whose part the test plays. */ played?: readonly string[] },
  ): Promise<Page>;
}

/** A real Chromium for a test file. A console error, an exception or a request to a foreign host on any page fails the test. */
export function useBrowser(): () => TestBrowser {
  let browser!: Browser;
  let complaints: string[] = [];
  beforeAll(async () => {
    const { executablePath, env } = inject('chromium');
    browser = await chromium.launch({
      executablePath,
      args: FLAGS,
      env: { ...process.env, ...env } as Record<string, string>,
    });
  });
  afterEach(async ({ task }) => {
    const pages = browser.contexts().flatMap((context) => context.pages());
    if (task.result?.state === 'fail')
      for (const [at, page] of pages.entries())
        await page.screenshot({ path: `.cache/e2e/${task.name.slice(0, 60).replace(/\W+/g, '-')}-${at + 1}.png` });
    await Promise.all(browser.contexts().map((context) => context.close()));
    const found = complaints;
    complaints = [];
    expect(found).toEqual([]);
  });
  afterAll(() => browser?.close());

  return () => ({
    async open({ played = [], ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options });
      context.setDefaultTimeout(30_000);
      const page = await context.newPage();
      page.on('console', (message) => {
        const asked = REFUSES.some((path) => message.location().url.endsWith(path));
        if (message.type() === 'error' && !(asked && message.text().startsWith('Failed to load resource')))
          complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol.startsWith('http') && !['localhost', '127.0.0.1', ...played].includes(hostname))
          complaints.push(`request to ${hostname}`);
      });
      return page;
    },
  });
}
