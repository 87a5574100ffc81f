import { expect, test } from 'vitest';
import { framePath } from '../../src/api/frame-token.ts';
import { useDesk } from '../support/desk.ts';
import { client } from '../support/client.ts';

const desk = useDesk({ web: true });

const withPicture = `From: Ana <ana@maravia.example>
To: support@localhost
Subject: A picture
Message-ID: <picture@maravia.example>
MIME-Version: 1.0
Content-Type: multipart/related; boundary=cut

--cut
Content-Type: text/html; charset=utf-8

<p onclick="alert(1)">Look: <img src="cid:pixel@here"> <img src="https://track.example/a.png"></p><script>alert(1)</script>

--cut
Content-Type: image/png; name=pixel.png
Content-ID: <pixel@here>
Content-Disposition: inline; filename=pixel.png
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--cut--
`;

async function framed() {
  const { ticketId } = await desk().receive(withPicture);
  await desk().account('coordinator');
  const staff = client(desk().url, await desk().signIn('coordinator@desk.example'));
  const { body } = await staff.get(`/api/tickets/${ticketId}`);
  const [comment] = body['conversation'] as { frame: string }[];
  return comment?.frame ?? '';
}

test('T10, T26: the html of a mail is a page of its own that runs nothing and asks nobody', async () => {
  const frame = await framed();
  const response = await fetch(desk().url + frame);
  const html = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toMatch(
    /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/,
  );
  expect(response.headers.get('content-security-policy')).not.toContain('script-src');
  expect(html).not.toMatch(/<script|onclick| src="https?:/);
  const [, image = ''] = /src="(\/frame\/[^"]+)"/.exec(html) ?? [];
  const picture = await fetch(desk().url + image);
  expect(picture.headers.get('content-type')).toBe('image/png');

  for (const wrong of [
    '/frame/x',
    `${frame}A`,
    framePath(desk().secrets.frames, { kind: 'comment', id: 1 }, 1_700_000_000),
  ])
    expect((await fetch(desk().url + wrong)).status).toBe(404);
});

test.each<[string, string]>([
  ['the API', '/api/desk'],
  ['a refusal', '/api/tickets'],
  ['a page of the portal', '/tickets/1'],
  ['an unknown frame', '/frame/none'],
  ['health', '/livez'],
  ['an unknown path of the API', '/api/none'],
])('V9: %s carries the security headers', async (_, path) => {
  const { headers } = await fetch(desk().url + path);
  const policy = headers.get('content-security-policy') ?? '';
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"])
    expect(policy).toContain(part);
  expect(policy).not.toContain('unsafe-inline');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('the API describes itself, and local mail is part of it in local mode only', async () => {
  const { body } = await client(desk().url).get('/api/openapi.json');
  expect(body['openapi']).toBe('3.1.0');
  expect(Object.keys(body['paths'] as object)).toEqual(
    expect.arrayContaining([
      '/api/tickets',
      '/api/tickets/{id}',
      '/api/tickets/{id}/transitions',
      '/api/dev/mail',
      '/api/attachments/{id}/download',
    ]),
  );
  const [open, closed] = [await client(desk().url).get('/api/desk'), await client(desk().url).get('/api/dev/mail')];
  expect([open.status, closed.status]).toEqual([200, 401]);
});

test('the desk says that it is alive, and ready while the database answers', async () => {
  expect((await client(desk().url).get('/livez')).body).toEqual({ status: 'ok' });
  expect((await client(desk().url).get('/readyz')).status).toBe(200);
});
