import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

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
