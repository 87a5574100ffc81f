import { expect, test } from 'vitest';
import { newActor } from '../support/actors.ts';
import { client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });

test('File Download Security Flow: token, user, metadata, permission, bytes and headers, in this order', async () => {
  const ana = await newActor(desk(), 'employee', 'Ana');
  const ben = await newActor(desk(), 'employee', 'Ben');
  const form = new FormData();
  for (const [name, value] of Object.entries({ subject: 'Sound', description: 'See the file.', category: 'Hardware' }))
    form.set(name, value);
  form.append('attachments', new File(['%PDF-1.7 is not run'], 'Rechnung für „Ana“.pdf', { type: 'application/pdf' }));
  const { body } = await ana.send('POST', '/api/tickets', form);
  const [{ attachments } = { attachments: [] }] = body['conversation'] as { attachments: { id: number }[] }[];
  // 1, 2: the frontend asks for /attach/{id}/download
  const path = `/attach/${attachments[0]?.id}/download`;
  // 3, 4, 5: without a token, and with one that is not ours, there is no user
  expect((await client(desk().url).raw(path)).status).toBe(401);
  expect((await client(desk().url, 'made.up.token').raw(path)).status).toBe(401);
  // 6, 7: a file that is not there
  expect((await ana.raw('/attach/999999/download')).status).toBe(404);
  // 8: somebody else's, which to them is not there either
  expect((await ben.raw(path)).status).toBe(404);
  // 9 to 12: the bytes, as a file to be saved, in which nothing runs
  const response = await ana.raw(path);
  expect([response.status, await response.text()]).toEqual([200, '%PDF-1.7 is not run']);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': expect.stringMatching(
      /^attachment; filename="Rechnung.*"; filename\*=UTF-8''Rechnung/,
    ) as string,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, no-store',
  });
});
