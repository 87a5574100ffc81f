import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { parsed } from './support.ts';

const folder = new URL('./fixtures/', import.meta.url).pathname;
const names = globSync(`${folder}*.eml`)
  .map((path) => basename(path, '.eml'))
  .sort();

/** One phenomenon each: `<phenomenon>.eml` and the part of its `InboundMail` that shows it in `<phenomenon>.json`. */
test.each(names)('%s', async (name) => {
  const expected = JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as object;
  expect(await parsed(readFileSync(`${folder}${name}.eml`))).toMatchObject(expected);
});

test('the plain data survives JSON', async () => {
  const mail = await parsed(readFileSync(`${folder}mixed-with-attachment.eml`));
  expect(JSON.parse(JSON.stringify(mail))).toEqual(mail);
});
