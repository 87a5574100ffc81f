import { afterAll, expect, onTestFinished, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { startGmailServer, type GmailServer } from '../support/gmail/gmail-server.ts';
import { startScriptedImap } from '../support/imap/scripted-imap.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { ready, signIn } from './pages.ts';

const GMAIL = 'gmail@maravia.example';
const PASSWORD = 'pass-word-nobody-sees';
let google: GmailServer;
const desk = useRunningDesk(async () => {
  google = await startGmailServer(GMAIL);
  return { GMAIL_API_URL: google.url };
});
const browser = useBrowser();
afterAll(() => google?.stop());

const mail = (subject: string, more = '') =>
  Buffer.from(`From: Ana <ana@maravia.example>\r\nSubject: ${subject}\r\n${more}\r\n${subject}\r\n`);

test('an admin adds a mailbox, has its mail foreseen and its server checked, and switches it on: its mail comes, and nobody is written to', async () => {
  const raws = [mail('Badge lost'), mail('Chair broken'), mail('Away', 'Auto-Submitted: auto-replied\r\n')];
  const imap = await startScriptedImap(raws.map((raw, at) => ({ uid: at + 1, raw })));
  onTestFinished(() => imap.stop());
  const page = await browser().open();
  await signIn(page, desk(), 'admin', '/mailboxes');
  await ready(page, 'mailboxes');
  await page.getByRole('link', { name: 'Add mailbox' }).click();
  await ready(page, 'new-mailbox');
  await page.getByRole('button', { name: 'Add mailbox' }).click();
  expect(await page.getByText('Fill this in').count()).toBe(5);
  await page.getByLabel('Name').fill('Facilities');
  await page.getByLabel('Mail address').fill('facilities@maravia.example');
  await page.getByLabel('Server', { exact: true }).fill('127.0.0.1');
  await page.getByLabel('Port', { exact: true }).fill(String(imap.port));
  await page.getByLabel('Encryption').selectOption('none');
  await page.getByLabel('User').fill('facilities');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Category of new tickets').selectOption({ label: 'Hardware' });
  await page.getByLabel('Signature').fill('Your facilities');
  await page.getByRole('button', { name: 'Add mailbox' }).click();
  await ready(page, 'mailbox');
  await page.getByText('Switched off').waitFor();

  await page.getByRole('button', { name: 'Start the dry run' }).click();
  await page.getByText('3 messages → 2 tickets').waitFor();
  await page.getByText(', 0 mails will be sent').waitFor();
  await page.getByText('ignored, such as bounces and notices of absence').waitFor();
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Credentials: In order' }).waitFor();

  await page.getByRole('button', { name: 'Switch on…' }).click();
  await page.getByRole('dialog').getByText('nobody is written to about it').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click();
  await page.locator('[data-state=ok]').waitFor();
  const api = await desk().as('admin');
  const tickets = async () => JSON.stringify((await api.get('/api/tickets?view=all')).body);
  await expect.poll(tickets, { timeout: 30_000 }).toMatch(/Chair broken.*Badge lost|Badge lost.*Chair broken/);
  expect(await tickets()).toContain('"category":"Hardware"');
  expect((await api.get('/api/dev/mail')).body['results']).toEqual([]);

  // What went in never comes out; an empty field keeps it, and the new signature is kept too.
  await page.reload();
  await ready(page, 'mailbox');
  expect(await page.getByLabel('Password').inputValue()).toBe('');
  expect(await page.content()).not.toContain(PASSWORD);
  await page.getByLabel('Signature').fill('The facilities');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const [, shown] = (await api.get('/api/mailboxes')).body['results'] as Record<string, unknown>[];
  expect(shown).toMatchObject({ signature: 'The facilities', secrets: ['password'], enabled: true });

  await page.getByRole('button', { name: 'Switch off…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
  await page.locator('[data-state=off]').waitFor();
});

test('a mailbox that cannot be read says so in the list and in the system health, and its check says what to do next', async () => {
  const api = await desk().as('admin');
  const source = { kind: 'imap', host: '127.0.0.1', port: 1, tls: 'none', user: 'payroll', password: PASSWORD };
  await api.post('/api/mailboxes', { name: 'Payroll', address: 'payroll@maravia.example', source, enabled: true });
  await desk().write({ from: '', to: 'support@localhost', subject: 'Nobody wrote this', text: 'See the scan.' });
  const page = await browser().open();
  await signIn(page, desk(), 'admin', '/mailboxes');
  const row = page.getByRole('row', { name: /Payroll/ });
  await row.getByText('Its server does not answer').waitFor();
  await page.getByRole('link', { name: /^1 mail,/ }).click();
  await page.getByRole('link', { name: /Nobody wrote this/ }).waitFor();
  await page.getByRole('link', { name: 'System health' }).click();
  await ready(page, 'health');
  await page.getByText('1 mailbox is not read as it should be').waitFor();
  await page.getByRole('row', { name: /Send mail/ }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Payroll' }).click();
  await ready(page, 'mailbox');
  await page.getByText('See whether host and port are right').waitFor();
  await page.getByRole('button', { name: 'Start the dry run' }).click();
  await page.getByText(/came to no end: The mailbox cannot be read/).waitFor();
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Does not work' }).locator('.advice').first().waitFor();
});

test('the owner of a Gmail mailbox gives consent in the browser and lands on its page, connected; a refusal is said there too', async () => {
  const { id: clientId, secret } = google.oauth.client;
  const page = await browser().open({ played: ['accounts.google.com'] });
  let refuse = true;
  // Google's page, with its two buttons.
  await page.route('https://accounts.google.com/**', (route) => {
    const asked = new URL(route.request().url());
    const back = new URL(asked.searchParams.get('redirect_uri') ?? '');
    back.searchParams.set('state', asked.searchParams.get('state') ?? '');
    if (refuse) back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('code', google.oauth.consent(asked, GMAIL));
    return route.fulfill({
      contentType: 'text/html',
      body: `<a href="${back.href.replaceAll('&', '&amp;')}">Go on</a>`,
    });
  });
  await signIn(page, desk(), 'admin', '/mailboxes/new');
  await ready(page, 'new-mailbox');
  await page.getByLabel('Name').fill('Gmail');
  await page.getByLabel('Mail address').fill(GMAIL);
  await page.getByLabel('Read from').selectOption('gmail');
  await page.getByLabel('Client ID').fill(clientId);
  await page.getByLabel('Client secret').fill(secret);
  await page.getByRole('button', { name: 'Add mailbox' }).click();
  await ready(page, 'mailbox');
  await page.getByRole('button', { name: 'Connect with Google' }).click();
  await page.getByRole('link', { name: 'Go on' }).click();
  await ready(page, 'mailbox');
  await page.getByText('Google gave no access').waitFor();
  refuse = false;
  await page.getByRole('button', { name: 'Connect with Google' }).click();
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByText('Connected: the desk may read this mailbox now').waitFor();
  await page.getByRole('button', { name: 'Connect with Google again' }).waitFor();
  expect(new URL(page.url()).search).toBe('');
  google.mailbox.deliver('From: ana@maravia.example\r\nSubject: By Gmail\r\n\r\nWords\r\n');
  await page.getByRole('button', { name: 'Start the dry run' }).click();
  await page.getByText('1 message → 1 ticket').waitFor();
});
