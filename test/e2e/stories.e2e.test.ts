import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { givePassword, linkTo, PIXEL, ready, signIn, status, writeToDesk } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

test('a mail becomes a ticket, a reply to its acknowledgement a comment, and the coordinator answers and resolves it in the browser', async () => {
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator');
  await ready(page, 'queue');

  // Local mail: write to the desk as a stranger.
  await writeToDesk(page, {
    from: 'Ana Réyes <ana@example.org>',
    subject: 'Grüße: laptop will not wake',
    text: 'Good morning,\n\nit stays black.\n\n-- \nAna Réyes\nControlling',
  });
  await page
    .locator('.write-mail input[type=file]')
    .setInputFiles({ name: 'Übersicht.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await page.getByRole('button', { name: 'Send mail' }).click();

  // The acknowledgement, and a reply to it under another subject.
  await page
    .getByRole('link', { name: /We have your request/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Reply' }).click();
  await page.getByLabel('Subject').fill('something else');
  await page.getByLabel('Message').fill('It also smells.');
  await page.getByRole('button', { name: 'Send mail' }).click();
  await page.getByText('is on its way').first().waitFor();

  // One ticket, two comments, the file.
  await page.getByRole('link', { name: 'All open' }).click();
  await page
    .getByRole('link', { name: /laptop will not wake/ })
    .first()
    .click();
  await ready(page, 'ticket');
  await page.getByText('It also smells.').waitFor();
  await page.getByRole('button', { name: /Look at Übersicht.txt/ }).click();
  await page.getByRole('region', { name: 'Übersicht.txt' }).getByText('hello').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download Übersicht.txt' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('Übersicht.txt');
  await page.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Approve…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Priority').selectOption('high');
  await dialog.getByLabel('Category').selectOption({ label: 'Hardware' });
  await dialog.getByRole('button', { name: 'Approve ticket' }).click();
  await status(page, 'Open');
  await page.keyboard.press('c');
  await status(page, 'In progress');

  await page.keyboard.press('r');
  await page.keyboard.type('Which dock is it?');
  await page.getByRole('button', { name: 'Other ways to send' }).click();
  await page.getByRole('menuitem', { name: 'Send and set pending' }).click();
  await status(page, 'Pending');
  await page.getByRole('button', { name: 'Send now' }).first().click();
  await page.getByText(/· sent/).waitFor();

  await page.locator('h1').focus();
  await page.keyboard.press('n');
  await page.keyboard.type('Only we see this');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Internal note, only staff see this').waitFor();

  await page.locator('h1').focus();
  await page.keyboard.press('e');
  await dialog.getByLabel('What was done').fill('Older firmware.');
  await dialog.getByRole('button', { name: 'Resolve ticket' }).click();
  await status(page, 'Resolved');

  // What the requester got, as a mail client shows it.
  const api = await desk().as('coordinator');
  const mails = async () => JSON.stringify((await api.get('/api/dev/mail')).body['results']);
  for (const words of ['Which dock is it?', 'Older firmware.'])
    await expect.poll(mails, { timeout: 30_000 }).toContain(words);
  expect(await mails()).not.toContain('Only we see this');
  const answer = ((await api.get('/api/dev/mail')).body['results'] as { raw: string }[]).find(({ raw }) =>
    raw.includes('Which dock'),
  );
  expect(answer?.raw).toMatch(/^In-Reply-To: </m);
  expect(answer?.raw).toMatch(/^References: </m);

  await page.goto(`${desk().url}/local-mail`);
  await page
    .getByRole('link', { name: /Is this solved/ })
    .first()
    .click();
  const body = page.frameLocator('.mail-frame iframe');
  await body.getByText('Older firmware.', { exact: true }).waitFor();
  const [opened] = await Promise.all([
    page.context().waitForEvent('page'),
    body.getByRole('link', { name: 'Yes, this solved it' }).click(),
  ]);
  await ready(opened, 'status');
  await opened.getByRole('button', { name: 'Yes, this solved it' }).waitFor();
});

test('an employee asks for help in the portal, sees what becomes of it, and says that it is solved', async () => {
  const [ana, marta] = [await browser().open(), await browser().open()];
  await signIn(ana, desk(), 'employee', '/tickets/new');
  await ready(ana, 'new-ticket');
  await ana.getByRole('button', { name: 'Send to support' }).click();
  await ana.getByRole('alert').waitFor(); // nothing is sent without the words that are needed
  await ana.getByLabel('What is the problem, in one line?').fill('Cannot open the price list');
  await ana.getByLabel('What is it about?').selectOption({ label: 'Access' });
  await ana.getByLabel('What happened?').fill('You need permission, it says.');
  await ana.locator('.drop input').setInputFiles([{ name: 'shot.png', mimeType: 'image/png', buffer: PIXEL }]);
  await ana.getByRole('button', { name: 'Send to support' }).click();
  await ready(ana, 'ticket');
  await ana.getByRole('button', { name: /Look at shot.png/ }).waitFor();

  await signIn(marta, desk(), 'coordinator');
  await marta.getByRole('link', { name: 'Cannot open the price list' }).click();
  await ready(marta, 'ticket');
  await marta.getByRole('button', { name: 'Approve…' }).click();
  await marta.getByRole('dialog').getByLabel('Priority').selectOption('low');
  await marta.getByRole('dialog').getByRole('button', { name: 'Approve ticket' }).click();
  await status(marta, 'Open');
  await marta.getByRole('button', { name: 'Resolve…' }).click();
  await marta.getByRole('dialog').getByLabel('What was done').fill('You have the right now.');
  await marta.getByRole('dialog').getByRole('button', { name: 'Resolve ticket' }).click();
  await status(marta, 'Resolved');

  await ana.getByRole('button', { name: '1 new answer' }).click(); // live, without a reload, and nothing moved
  await ana.getByText('You have the right now.').first().waitFor();
  await ana.getByRole('button', { name: /solved it/ }).click();
  await ana.getByRole('heading', { name: 'Solved' }).waitFor();

  await ana.reload(); // the session survives it
  await ready(ana, 'ticket');
  await ana.getByRole('button', { name: /Account of/ }).click();
  await ana.getByRole('menuitem', { name: 'Sign out' }).click();
  await ready(ana, 'sign-in');
  await ana.goto(`${desk().url}/tickets`);
  await ready(ana, 'sign-in');
});

test('a coordinator assigns and moves several tickets at once, by the keyboard alone', async () => {
  const api = await desk().as('coordinator');
  for (const subject of ['The first of two lamps', 'The second of two lamps']) {
    const form = new FormData();
    form.append('subject', subject);
    form.append('description', 'It flickers.');
    expect((await api.send('POST', '/api/tickets', form)).status).toBe(201);
  }
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator', '/tickets?view=new');
  await ready(page, 'queue');
  await page.getByRole('link', { name: 'The second of two lamps' }).waitFor();
  for (const key of ['j', 'x', 'j', 'Shift+X']) await page.keyboard.press(key);
  await page.getByText('2 selected').waitFor();

  await page.keyboard.press('s');
  await page.keyboard.type('appr');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Approve 2 tickets?' });
  await dialog.getByLabel('Priority').selectOption('low');
  await dialog.getByLabel('Category').selectOption({ label: 'Hardware' });
  await dialog.getByRole('button', { name: 'Approve ticket' }).press('Enter');
  await page.getByText('2 tickets: Open').waitFor();

  await page.goto(`${desk().url}/tickets`);
  await ready(page, 'queue');
  await page.keyboard.press('j');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').waitFor();
  await page.keyboard.type('assign');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Who is to work on it?' }).waitFor();
  await page.getByRole('option', { name: '(you)' }).waitFor(); // the filters behind have options too
  await page.keyboard.press('Enter');
  await page.getByText(/: assigned to/).waitFor();
  const { results } = (await api.get('/api/tickets?view=mine')).body as { results: { subject: string }[] };
  expect(results.map(({ subject }) => subject)).toContain('The second of two lamps');
});

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
  await page.getByLabel('Password').fill('a heron walks along the canal');
  await page.getByText('Strong').waitFor();
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText('We wrote to lena@maravia.example').waitFor();

  await page.goto(await linkTo(desk(), 'lena@maravia.example', 'confirm-email'));
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await page.getByText('Your address is confirmed').waitFor();
  const admin = await desk().as('admin');
  const { results } = (await admin.get('/api/employees?status=pending')).body as { results: { id: number }[] };
  expect((await admin.post(`/api/employees/${results[0]?.id}/approve`)).status).toBe(200);

  await givePassword(page, desk(), 'lena@maravia.example', 'a heron walks along the canal');
  await ready(page, 'my-tickets');
});

test('an admin finds the page asked for after signing in, approves a registration, decides about a held-back mail, and sees it all in the log', async () => {
  const registration = new FormData();
  const given = {
    first_name: 'Grace',
    last_name: 'Hopper',
    email: 'grace@navy.example',
    password: 'a moth in relay seventy',
  };
  for (const [field, value] of Object.entries(given)) registration.append(field, value);
  await fetch(`${desk().url}/api/register`, { method: 'POST', body: registration });
  await desk().write({ from: '', subject: 'Scan without a sender', text: 'See the scan.' });

  const page = await browser().open();
  await page.goto(`${desk().url}/employees`);
  await ready(page, 'sign-in');
  await signIn(page, desk(), 'admin', '/employees');
  await ready(page, 'employees');
  await page.getByRole('button', { name: 'Approve Grace Hopper' }).click();
  await page.getByText(/Grace Hopper is approved as MA\d{4}/).waitFor();
  const api = await desk().as('admin');
  const mails = async () => JSON.stringify((await api.get('/api/dev/mail')).body['results']);
  await expect.poll(mails, { timeout: 30_000 }).toContain('grace@navy.example');

  await page.getByRole('link', { name: 'Held back' }).click();
  await page.getByRole('link', { name: /Scan without a sender/ }).click();
  await ready(page, 'held-back');
  await page.getByText('no usable sender').first().waitFor();
  await page.getByRole('button', { name: /^Discard/ }).click();
  await page.getByRole('button', { name: 'Discard mail' }).click();
  await page.getByText('Say why').waitFor();
  await page.getByLabel('Why').fill('An empty scan.');
  await page.getByRole('button', { name: 'Discard mail' }).click();
  await page.getByText('The mail is discarded').waitFor();

  await page.getByRole('link', { name: 'Mail ledger' }).first().click();
  await page.getByLabel('Sender, subject or Message-ID').fill('without a sender');
  await page.getByRole('link', { name: 'Scan without a sender' }).click();
  await page.getByText('An empty scan.').first().waitFor();

  await page.getByRole('link', { name: 'Audit log' }).click();
  await ready(page, 'audit');
  await page.getByRole('cell', { name: 'Mail discarded' }).waitFor();
  // Somebody else was approved before.
  await page.getByRole('cell', { name: 'Employee approved' }).first().waitFor();
});

test('a hostile mail runs nothing, asks nobody, and stays inside its frame (T10, T26)', async () => {
  const page = await browser().open();
  const html =
    '<p>Hello</p><script>top.pwned=1</script><img src="https://track.example/a.png" onerror="top.pwned=1"><svg onload="top.pwned=1"></svg>' +
    '<a href="javascript:top.pwned=1">click</a><div style="position:fixed;inset:0;background:url(https://track.example/b.png)">over</div>' +
    '<style>@import url(https://track.example/c.css)</style><form action="https://track.example"><input name="a"></form>';
  await desk().write({
    from: '"<img src=x onerror=alert(1)>" <mallory@evil.example>',
    subject: '<script>alert(1)</script>',
    html,
  });
  await signIn(page, desk(), 'coordinator');
  await page.getByRole('link', { name: '<script>alert(1)</script>' }).click();
  await ready(page, 'ticket');
  await page.getByText('Show original formatting').click();
  await page.frameLocator('iframe').getByText('Hello').waitFor();
  expect(await page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
  const frame = page.locator('iframe').first();
  expect(await frame.getAttribute('sandbox')).not.toMatch(/allow-scripts|allow-same-origin/);
});
