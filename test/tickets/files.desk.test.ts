import { beforeAll, describe, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';
import { picture } from '../support/pictures.ts';

let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });

let ana: Actor;
let ben: Actor;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  ben = await newActor(desk(), 'employee', 'Ben');
});

interface File_ {
  id: number;
  url: string;
  thumbnail: string | null;
}

async function upload(file: File, by = ana): Promise<File_> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ subject: 'A file', description: 'See it.', category: 'Other' }))
    form.set(name, value);
  form.append('attachments', file);
  const { body } = await by.send('POST', '/api/tickets', form);
  const [{ attachments: [made] } = { attachments: [] }] = body['conversation'] as { attachments: File_[] }[];
  if (!made) throw new Error(JSON.stringify(body));
  return made;
}
const text = (words: string) => new File([words], 'words.txt', { type: 'text/plain' });

describe('a part of a file', () => {
  const WORDS = '0123456789';

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, WORDS, 'bytes 0-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, WORDS, null],
    ['bytes=0-1,4-5', 200, WORDS, null],
    ['lines=1-2', 200, WORDS, null],
    ['bytes=-', 200, WORDS, null],
  ])('%s is answered as RFC 9110 says', async (range, status, words, contentRange) => {
    const { url } = await upload(text(WORDS));
    const response = await ana.raw(url, { headers: { range } });
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
      status,
      words,
      contentRange,
    ]);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('content-length')).toBe(String(words.length));
  });

  test('of another version than the one that is there is all of it', async () => {
    const { url } = await upload(text(WORDS));
    const tag = (await ana.raw(url)).headers.get('etag') ?? '';
    const part = async (ifRange: string) =>
      (await ana.raw(url, { headers: { range: 'bytes=0-0', 'if-range': ifRange } })).status;
    expect([await part(tag), await part('"another"')]).toEqual([206, 200]);
  });
});

describe('a link without a header', () => {
  const link = async (file: File_, by = ana) => {
    const { status, body } = await by.post(`/api/attachments/${file.id}/link`);
    expect(status).toBe(200);
    return body as { url: string; expires_at: string };
  };
  const follow = async (url: string, init: RequestInit = {}) => fetch(desk().url + url, init);

  test('fetches this file for five minutes, and then nothing', async () => {
    const { url, expires_at } = await link(await upload(text('Mine.')));
    const response = await follow(url);
    expect([response.status, await response.text()]).toEqual([200, 'Mine.']);
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(300_000);
    ahead = 301_000;
    expect((await follow(url)).status).toBe(404);
    ahead = 0;
  });

  test('T14: fetches no other file, is not given for what one may not see, and ends with the account', async () => {
    const mine = await upload(text('Mine.'));
    const other = await upload(text('Theirs.'), ben);
    expect((await ana.post(`/api/attachments/${other.id}/link`)).status).toBe(404);
    const { url } = await link(mine);
    const forged = url.replace(`/attach/${mine.id}/`, `/attach/${other.id}/`);
    for (const wrong of [forged, `${url}x`, url.replace(/token=.*/, 'token=a.b.c'), `${url}&token=again`])
      expect((await follow(wrong)).status, wrong).toBe(404);
    const eva = await newActor(desk(), 'employee', 'Eva');
    const theirs = await link(await upload(text('Hers.'), eva), eva);
    expect((await follow(theirs.url)).status).toBe(200);
    await desk().transaction((tx) =>
      tx.em.execute(`update employee set status = 'disabled', version = version + 1 where id = ?`, [eva.id]),
    );
    expect((await follow(theirs.url)).status).toBe(404);
  });

  test('the document’s path takes the Authorization header as well', async () => {
    const { id } = await upload(text('By header.'));
    const response = await ana.raw(`/attach/${id}/download`);
    expect([response.status, await response.text()]).toEqual([200, 'By header.']);
    expect((await ben.raw(`/attach/${id}/download`)).status).toBe(404);
    expect((await follow(`/attach/${id}/download`)).status).toBe(401);
  });
});

describe('a small picture', () => {
  test('is made of an image, and of nothing else', async () => {
    const { thumbnail } = await upload(
      new File([new Uint8Array(await picture(1600, 800))], 'a.png', { type: 'image/png' }),
    );
    const response = await ana.raw(thumbnail ?? '');
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
    const again = await ana.raw(thumbnail ?? '', { headers: { 'if-none-match': response.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect((await ben.raw(thumbnail ?? '')).status).toBe(404);

    const words = await upload(text('No picture.'));
    expect(words.thumbnail).toBeNull();
    expect((await ana.raw(`/api/attachments/${words.id}/thumbnail`)).status).toBe(404);
  });

  test('of an image that is damaged there is none, and nothing breaks', async () => {
    const bytes = new Uint8Array(await picture(100, 100));
    const { thumbnail } = await upload(new File([bytes.slice(0, 60)], 'half.png', { type: 'image/png' }));
    if (thumbnail) expect((await ana.raw(thumbnail)).status).toBe(404);
  });
});

test('T21: a file in which a virus was found is given to nobody', async () => {
  const cora = await newActor(desk(), 'coordinator', 'Cora');
  const file = await upload(new File([new Uint8Array(await picture(9, 9))], 'a.png', { type: 'image/png' }));
  const { body } = await ana.post(`/api/attachments/${file.id}/link`);
  await desk().transaction((tx) => tx.em.execute(`update attachment set scan = 'infected' where id = ?`, [file.id]));
  for (const [by, path] of [
    [ana, file.url],
    [cora, file.url],
    [cora, file.thumbnail ?? ''],
    [ana, String(body['url'])],
  ] as const)
    expect((await by.raw(path)).status, path).toBe(403);
});
