import type { Page } from 'playwright-core';
import { eventually } from '../support/processes.ts';
import type { RunningDesk } from '../support/running-desk.ts';

/** Waits until a page of the portal has loaded its data. */
export function ready(page: Page, name: string): Promise<unknown> {
  return page.waitForSelector(`[data-ready="${name}"]`);
}

/** Signs in through the page, as a person does. */
export async function signIn(
  page: Page,
  desk: RunningDesk,
  role: 'employee' | 'coordinator' | 'admin',
  to = '/',
): Promise<void> {
  const { email, password } = desk.accounts[role];
  await page.goto(desk.url + to);
  await page.getByLabel('Work mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** The link of the last mail to an address that has one for this purpose. */
export async function linkTo(desk: RunningDesk, address: string, purpose: string): Promise<string> {
  const staff = await desk.as('admin');
  return eventually(`a mail to ${address} with a link`, async () => {
    const { results } = (await staff.get('/api/dev/mail')).body as { results: { id: number; to: string[] }[] };
    for (const { id } of results.filter(({ to }) => JSON.stringify(to).includes(address))) {
      const { text } = (await staff.get(`/api/dev/mail/${id}`)).body as { text: string };
      const [link] = new RegExp(`https?://\\S+/link/${purpose}#\\S+`).exec(text) ?? [];
      if (link) return link;
    }
    return null;
  });
}

/** Types a password into the sign-in page, and waits for nothing: what comes next is the test's matter. */
export async function givePassword(page: Page, desk: RunningDesk, email: string, password: string): Promise<void> {
  await page.goto(`${desk.url}/sign-in`);
  await ready(page, 'sign-in');
  await page.getByLabel('Work mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Writes to the desk on the page of local mail, and leaves it to be sent. */
export async function writeToDesk(page: Page, mail: { from: string; subject: string; text: string }): Promise<void> {
  await page.getByRole('link', { name: 'Local mail' }).click();
  await ready(page, 'local-mail');
  await page.getByRole('button', { name: 'Write to the desk' }).click();
  await page.getByLabel('From').fill(mail.from);
  await page.getByLabel('Subject').fill(mail.subject);
  await page.getByLabel('Message').fill(mail.text);
}

/** The status as the head of a ticket says it. */
export function status(page: Page, word: string): Promise<void> {
  return page.locator('.t-head .pill', { hasText: word }).waitFor();
}

export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
