import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PATHS } from '../src/contract/paths.ts';

const promises = [...readFileSync('docs/features.md', 'utf8').matchAll(/`(test\/[\w./-]+\.ts)(?:: ([^`]+))?`/g)].map(
  ([, file = '', title]) => ({ file, title }),
);

test('every test that the list of features names exists', () => {
  expect(promises.length).toBeGreaterThan(40);
  const missing = promises.filter(({ file, title }) => {
    if (!existsSync(file)) return true;
    const source = readFileSync(file, 'utf8').replaceAll("\\'", "'");
    return (
      title !== undefined &&
      !['`', "'", '"'].some(
        (quote) =>
          source.includes(`(${quote}${title}${quote}`) ||
          ['\n  ', '\n    '].some((indent) => source.includes(`${indent}${quote}${title}${quote}`)),
      )
    );
  });
  expect(missing).toEqual([]);
});

test('the README says for every route what it is for', () => {
  const [, table = ''] = readFileSync('README.md', 'utf8').split(/^### Use cases and routes|^## Configuration/m);
  const named = (path: string) => [path, path.replace(/^\/api/, '')].some((one) => table.includes(one));
  // The sign-in page's own; everything else belongs to a use case. A list names the rows that its routes are about.
  const missing = Object.values(PATHS).flatMap(([, path]) => (named(path.replace(/\/:id$/, '')) ? [] : [path]));
  expect([...new Set(missing)]).toEqual(['/api/desk', '/api/openapi.json']);
});
