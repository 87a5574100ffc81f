import type { Page } from 'playwright-core';
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

/** The status as the head of a ticket says it. */
export function status(page: Page, word: string): Promise<void> {
  return page.locator('.t-head .pill', { hasText: word }).waitFor();
}

export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
