import { expect, test } from 'vitest';
import { addAuthenticator } from '../support/authenticator.ts';
import { useBrowser } from '../support/browser.ts';
import { codeAt, enrolApp } from '../support/factors.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { givePassword, linkTo, ready } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();
const NEW_PASSWORD = 'a heron walks along the canal';

test('who has forgotten the password chooses another one by a link, which works once', async () => {
  const { email } = desk().accounts.employee;
  const page = await browser().open();
  await page.goto(`${desk().url}/sign-in`);
  await page.getByRole('link', { name: 'Forgotten?' }).click();
  await page.getByLabel('Work mail address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('Look in your mail').waitFor();
  const link = await linkTo(desk(), email, 'reset-password');
  await page.goto(link);
  await page.getByLabel('Password').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Save the password' }).click();
  await page.getByText('Your password is saved').waitFor();
  await givePassword(page, desk(), email, NEW_PASSWORD);
  await ready(page, 'my-tickets');
});

test('a link signs in without a password, once', async () => {
  const { email } = desk().accounts.coordinator;
  const page = await browser().open();
  await page.goto(`${desk().url}/sign-in-link`);
  await page.getByLabel('Work mail address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('Look in your mail').waitFor();
  const link = await linkTo(desk(), email, 'sign-in');
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
  await givePassword(page, desk(), email, password);
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
  await givePassword(page, desk(), email, password);
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
  await givePassword(other, desk(), email, password);
  await other.getByRole('button', { name: 'Use a recovery code' }).click();
  await other.getByLabel('Recovery code').fill(recoveryCodes[0] ?? '');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await ready(other, 'queue');
});
