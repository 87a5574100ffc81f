import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { useRunningDesk } from '../support/running-desk.ts';

const desk = useRunningDesk();
const browser = useBrowser();

/** What says so in the title of the page when it runs. */
const RUNS = '<script>document.title = "it ran"</script>';

// A page of html is not taken at all.
test.each([
  ['evil.svg', 'image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg">${RUNS}</svg>`],
  [
    'evil.xml',
    'application/xml',
    `<?xml version="1.0"?><x xmlns:h="http://www.w3.org/1999/xhtml">${RUNS.replaceAll('script', 'h:script')}</x>`,
  ],
  ['evil.pdf', 'application/pdf', '%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj'],
])(
  'T12, V11: %s is downloaded when a browser is led to it, byte for byte, and runs nothing',
  async (name, type, text) => {
    const ana = await desk().as('employee');
    const form = new FormData();
    for (const [field, value] of Object.entries({ subject: name, description: 'See there.' })) form.set(field, value);
    form.append('attachments', new File([text], name, { type }));
    const { body } = await ana.send('POST', '/api/tickets', form);
    const [{ attachments } = { attachments: [] }] = body['conversation'] as { attachments: { id: number }[] }[];
    const link = (await ana.post(`/api/attachments/${attachments[0]?.id}/link`)).body as { url: string };

    const page = await browser().open();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      // Chromium calls a navigation that became a download aborted.
      page
        .goto(new URL(link.url, desk().url).href)
        .catch((error: Error) => expect(error.message).toMatch(/Download|ABORTED/)),
    ]);
    expect(download.suggestedFilename()).toBe(name);
    expect(await readFile(await download.path(), 'utf8')).toBe(text);
    expect([page.url(), await page.title()]).toEqual(['about:blank', '']);
  },
);
