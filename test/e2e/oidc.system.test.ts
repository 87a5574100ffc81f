import { afterAll, beforeAll, expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { temporaryFolder } from '../support/processes.ts';
import { freePort, startDesk, stopDesk, type RunningDesk } from '../support/running-desk.ts';
import { ready } from './pages.ts';

let desk: RunningDesk;
/** On 127.0.0.1, and the desk on localhost: two sites, as far as cookies go. */
let provider: OpenidProvider;
let remove: () => Promise<void>;
beforeAll(async () => {
  const port = await freePort();
  provider = await startOpenidProvider(`http://localhost:${port}/api/oidc/callback`);
  const folder = await temporaryFolder();
  remove = folder.remove;
  desk = await startDesk(folder.path, { PORT: String(port), ...provider.env });
});
afterAll(async () => {
  if (desk) await stopDesk(desk);
  await provider?.stop();
  await remove?.();
});
const browser = useBrowser();

test('in a real browser the way over the provider ends on the page that was asked for, signed in by a cookie no script can read', async () => {
  const { email } = desk.accounts.employee;
  provider.person = { sub: 'employee', email, email_verified: true };
  const page = await browser().open();
  await page.goto(`${desk.url}/api/oidc/start?to=/`);
  await ready(page, 'my-tickets');
  expect(new URL(page.url())).toMatchObject({ origin: desk.url, search: '', hash: '' });
  const cookies = (await page.context().cookies(desk.url)).filter(({ name }) => name.startsWith('__Host-'));
  expect(cookies).toEqual([
    expect.objectContaining({ name: '__Host-refresh', httpOnly: true, secure: true, sameSite: 'Strict', path: '/' }),
  ]);
  expect(await page.evaluate<string>('document.cookie')).not.toContain('__Host-');
});
