import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addAuthenticator } from '../support/authenticator.ts';
import { useBrowser } from '../support/browser.ts';
import { codeAt, enrolApp } from '../support/factors.ts';
import { eventually } from '../support/processes.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();
const NEW_PASSWORD = 'a heron walks along the canal';

/** The link of the last mail to an address that has one for this purpose. */
async function linkTo(address: string, purpose: string): Promise<string> {
  const staff = await desk().as('admin');
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

async function givePassword(page: Page, email: string, password: string): Promise<void> {
  await page.goto(`${desk().url}/sign-in`);
  await ready(page, 'sign-in');
  await page.getByLabel('Work mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('somebody registers, confirms the address by the link in the mail, is approved and signs in', async () => {
  const page = await browser().open();
  await page.goto(`${desk().url}/sign-in`);
  await ready(page, 'sign-in');
  await page.getByRole('link', { name: 'Register' }).click();
  await ready(page, 'register');
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText('Enter your first name').waitFor();
  await page.getByLabel('First name').fill('Lena');
  await page.getByLabel('Last name').fill('Hoffmann');
  await page.getByLabel('Work mail address').fill('lena@maravia.example');
  await page.getByLabel('Password').fill('password1234');
  await page.getByText('Soon guessed').waitFor();
  await page.getByLabel('Password').fill(NEW_PASSWORD);
  await page.getByText('Strong').waitFor();
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText('We wrote to lena@maravia.example').waitFor();

  await page.goto(await linkTo('lena@maravia.example', 'confirm-email'));
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await page.getByText('Your address is confirmed').waitFor();
  const admin = await desk().as('admin');
  const { results } = (await admin.get('/api/employees?status=pending')).body as { results: { id: number }[] };
  expect((await admin.post(`/api/employees/${results[0]?.id}/approve`)).status).toBe(200);

  await givePassword(page, 'lena@maravia.example', NEW_PASSWORD);
  await ready(page, 'my-tickets');
});

test('who has forgotten the password chooses another one by a link, which works once', async () => {
  const { email } = desk().accounts.employee;
  const page = await browser().open();
  await page.goto(`${desk().url}/sign-in`);
  await page.getByRole('link', { name: 'Forgotten?' }).click();
  await page.getByLabel('Work mail address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('Look in your mail').waitFor();
  const link = await linkTo(email, 'reset-password');
  await page.goto(link);
  await page.getByLabel('Password').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Save the password' }).click();
  await page.getByText('Your password is saved').waitFor();
  await givePassword(page, email, NEW_PASSWORD);
  await ready(page, 'my-tickets');
});

test('a link signs in without a password, once', async () => {
  const { email } = desk().accounts.coordinator;
  const page = await browser().open();
  await page.goto(`${desk().url}/sign-in-link`);
  await page.getByLabel('Work mail address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('Look in your mail').waitFor();
  const link = await linkTo(email, 'sign-in');
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in now' }).click();
  await ready(page, 'queue');

  const later = await browser().open();
  await later.goto(link);
  await later.getByRole('button', { name: 'Sign in now' }).click();
  await later.getByText('This link has expired').waitFor();
  await later.getByRole('link', { name: 'Mail me a new link' }).click();
  await ready(later, 'ask-link');
});

test('an authenticator app and a passkey are set up in the portal, and the passkey alone signs in', async () => {
  const { email, password } = desk().accounts.coordinator;
  const page = await browser().open();
  const device = await addAuthenticator(page);
  await givePassword(page, email, password);
  await ready(page, 'queue');
  await page.goto(`${desk().url}/account/security`);
  await ready(page, 'account-security');
  await page.getByRole('button', { name: /^Set up/ }).click();
  await page.getByText('Type the key instead').click();
  const secret = (await page.locator('[data-secret]').getAttribute('data-secret')) ?? '';
  await page.getByLabel('Six-digit code').fill(codeAt(secret, new Date()));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByText('They are shown this once').waitFor();
  expect(await page.locator('[data-recovery-codes] li').count()).toBe(10);
  await page.getByRole('button', { name: 'I have kept them' }).click();

  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: 'Make the passkey' }).click();
  await page.getByText('Give it a name').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('This laptop');
  await page.getByRole('button', { name: 'Make the passkey' }).click();
  await page.getByLabel('Name of the passkey “This laptop”').waitFor();
  expect(await device.kept()).toHaveLength(1);

  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await ready(page, 'sign-in');
  await page.getByRole('button', { name: 'Use a passkey instead' }).click();
  await ready(page, 'queue');
});

test('a second factor is asked for after the password: a wrong code is said, the right one signs in, and so does a recovery code', async () => {
  const { email, password } = desk().accounts.admin;
  const { secret, recoveryCodes } = await enrolApp(await desk().as('admin'), () => new Date());
  const page = await browser().open();
  await givePassword(page, email, password);
  await page.getByLabel('Six-digit code').fill('12');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Enter the six digits of the code').waitFor();
  const soon = codeAt(secret, new Date(Date.now() + 30_000)); // the one that set it up is used
  await page.getByLabel('Six-digit code').fill(String((Number(soon) + 1) % 1_000_000).padStart(6, '0'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('That is not right').waitFor();
  await page.getByLabel('Six-digit code').fill(`${soon.slice(0, 3)} ${soon.slice(3)}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await ready(page, 'queue');

  const other = await browser().open();
  await givePassword(other, email, password);
  await other.getByRole('button', { name: 'Use a recovery code' }).click();
  await other.getByLabel('Recovery code').fill(recoveryCodes[0] ?? '');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await ready(other, 'queue');
});
