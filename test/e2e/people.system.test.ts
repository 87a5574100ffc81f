import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';
import { picture } from '../support/pictures.ts';
import { eventually } from '../support/processes.ts';
import { ready, signIn } from './pages.ts';

const desk = useRunningDesk();
const browser = useBrowser();

test('whom a mail names takes part when staff says so, others by their address, and all of it is undone the same way', async () => {
  await desk().write({
    ...{ from: 'Ana Réyes <ana@example.org>', subject: 'The gate is stuck', text: 'It is.' },
    cc: 'Max Adler <max@example.org>, Eve <eve@example.org>',
  });
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator');
  await page.getByRole('link', { name: 'The gate is stuck' }).click();
  await ready(page, 'ticket');
  const api = await desk().as('coordinator');
  const id = Number(page.url().split('/').at(-1));
  const ticket = async () => (await api.get(`/api/tickets/${id}`)).body;
  const others = async () =>
    ((await ticket())['participants'] as { person: { email: string } }[]).map(({ person }) => person.email).slice(1);

  await page.getByRole('button', { name: /Let take part.*Max Adler/ }).click();
  await page.getByText('Max Adler takes part now').waitFor();
  await page.getByRole('button', { name: /Decline.*Eve/ }).click();
  await page.getByText('Eve is not asked about again').waitFor();
  expect(await page.getByText('Named in a mail').count()).toBe(0);
  expect(await others()).toEqual(['max@example.org']);

  // The palette, as every action.
  await page.keyboard.press('Control+k');
  await page
    .getByRole('combobox', { name: /Search|Type/ })
    .or(page.getByRole('combobox'))
    .first()
    .waitFor();
  await page.keyboard.type('add somebody');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Who is to take part?' });
  await dialog.getByLabel('Mail address').fill('kofi@example.org');
  await page.keyboard.press('Enter');
  await page.getByText('kofi@example.org takes part now').waitFor();
  await page.getByRole('button', { name: 'Take Max Adler off the ticket' }).click();
  await page.getByText('Max Adler takes part no longer').waitFor();
  expect(await others()).toEqual(['kofi@example.org']);

  await page.locator('h1').focus();
  await page.keyboard.press('w');
  await page.getByRole('button', { name: 'Stop watching' }).waitFor();
  expect((await ticket())['watchers']).toHaveLength(1);
  await page.getByRole('button', { name: 'Stop watching' }).click();
  await page.getByRole('button', { name: 'Watch this ticket' }).waitFor();
  expect((await ticket())['watchers']).toEqual([]);
});

test('the ticket page has the requester’s other tickets and small pictures of files', async () => {
  const employee = await desk().as('employee');
  const submit = async (subject: string) => {
    const form = new FormData();
    form.append('subject', subject);
    form.append('description', 'See the picture.');
    form.append('attachments', new Blob([new Uint8Array(await picture(640, 420))], { type: 'image/png' }), 'dock.png');
    return Number((await employee.send('POST', '/api/tickets', form)).body['id']);
  };
  const first = await submit('The dock is dead');
  for (let nth = 1; nth <= 6; nth += 1) await submit(`The dock again ${nth}`);
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator', `/tickets/${first}`);
  await ready(page, 'ticket');
  const small = page.getByRole('button', { name: /Look at dock.png/ }).locator('img');
  const width = () => small.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth);
  await expect.poll(width, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(await width()).toBeLessThan(640);
  const about = page.getByRole('complementary');
  const others = about.locator('.others');
  await others.getByRole('link').first().waitFor();
  expect(await others.getByRole('link').allInnerTexts()).toEqual(
    [6, 5, 4, 3, 2].map((nth) => expect.stringContaining(`The dock again ${nth}`) as string),
  );
  await about.getByRole('link', { name: 'All of them' }).click();
  await ready(page, 'queue');
  await page.getByRole('link', { name: 'The dock is dead' }).waitFor();
  expect(await page.getByRole('link', { name: 'The gate is stuck' }).count()).toBe(0);
});

test('a flood of mails stops the mail of its ticket: the page says so, and lets it go on', async () => {
  await desk().write({ from: 'Nora <nora@example.org>', subject: 'Alarm', text: 'It is loud.' });
  const api = await desk().as('coordinator');
  const receipt = await eventually('a receipt', async () => {
    const { results } = (await api.get('/api/dev/mail')).body as { results: { raw: string; to: string[] }[] };
    return results.find(({ to }) => to.includes('nora@example.org')) ?? null;
  });
  const to = /^Reply-To: <?([^>\r\n]+)>?/m.exec(receipt.raw)?.[1] ?? '';
  const { results } = (await api.get('/api/tickets?view=all&q=Alarm')).body as { results: { id: number }[] };
  const id = results[0]?.id ?? 0;
  const act = (body: object) => api.post(`/api/tickets/${id}/transitions`, body);
  await act({ name: 'approve', priority: 'low', category: 'Hardware' });
  await act({ name: 'claim' });
  for (let nth = 0; nth < 22; nth += 1)
    await desk().write({ from: 'Nora <nora@example.org>', to, subject: 'Alarm', text: `Again ${nth}.` });
  const page = await browser().open();
  await signIn(page, desk(), 'coordinator', `/tickets/${id}`);
  await ready(page, 'ticket');
  await page
    .getByText(/gets no mail for now/)
    .first()
    .waitFor();
  await page
    .getByRole('button', { name: /Resume mail/ })
    .first()
    .click();
  await page.getByText(/has mail again/).waitFor();
  await page.getByText(/gets no mail for now/).waitFor({ state: 'detached' });
  expect((await api.get(`/api/tickets/${id}`)).body['mail_stops']).toEqual([]);

  // Whoever followed a link of its mails does so no longer.
  const { text } = (await api.get(`/api/dev/mail/${(receipt as unknown as { id: number }).id}`)).body as {
    text: string;
  };
  const link = /https?:\/\/\S+\/status#\S+/.exec(text)?.[0] ?? '';
  expect(link).not.toBe('');
  const token = link.split('#')[1] ?? '';
  const follow = async () =>
    (
      await fetch(`${desk().url}/api/status-link`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      })
    ).status;
  expect(await follow()).toBe(200);
  await page.getByRole('button', { name: 'End status links' }).click();
  await page.getByText('Links in mails so far open this ticket no longer').waitFor();
  expect(await follow()).not.toBe(200);
});
