import { describe, expect, test } from 'vitest';
import { unpackTnef } from '../../../../../src/mail/inbound/parse/mime/tnef/unpack-tnef.ts';
import { parseMessage } from '../../../../../src/mail/inbound/parse/parse-message.ts';
import { memoryBlobs } from '../support.ts';
import { tnef } from '../tnef-builder.ts';
import { BODY_SCANNERS } from './body-scanners.ts';
import { cpuRatio } from './cpu-ratio.ts';
import { MIME_SCANNERS } from './mime-scanners.ts';
import { WHOLE_MESSAGES } from './whole-messages.ts';

const MOST = 2.6;

const SCANNERS = { ...MIME_SCANNERS, ...BODY_SCANNERS };
const rows = Object.entries(SCANNERS).flatMap(([name, { patterns, ...scanner }]) =>
  patterns.map((pattern) => [name, pattern, scanner] as const),
);

describe('T22: twice the input takes twice the time', () => {
  test.each(rows)('%s: many %j', async (_, pattern, { text, bytes, largest }) => {
    const prepare = (size: number) => {
      const input = pattern.repeat(size / pattern.length);
      const raw = Buffer.from(input, 'latin1');
      return () => (bytes ? bytes(raw) : text?.(input));
    };
    expect(await cpuRatio(prepare, MOST, largest)).toBeLessThan(MOST);
  });

  test.each([
    ['attachments', (n: number) => tnef({ files: Array.from({ length: n / 64 }, () => ({ title: 'a' })) })],
    [
      'properties',
      (n: number) =>
        tnef({ properties: Array.from({ length: n / 16 }, (_, id) => ({ id: id % 9999, type: 3, values: [id] })) }),
    ],
    [
      'values',
      (n: number) =>
        tnef({ properties: [{ id: 1, type: 0x1102, values: Array.from({ length: n / 8 }, () => Buffer.alloc(0)) }] }),
    ],
    ['text', (n: number) => tnef({ body: 'a\n'.repeat(n / 2) })],
  ])('winmail.dat with many %s', async (_, build) => {
    const prepare = (size: number) => {
      const bytes = build(size);
      return () => unpackTnef(bytes);
    };
    expect(await cpuRatio(prepare, MOST)).toBeLessThan(MOST);
  });

  test.each(Object.entries(WHOLE_MESSAGES))('a whole message: %s', async (_, build) => {
    const prepare = (size: number) => {
      const raw = Buffer.from(build(size), 'latin1');
      return () => parseMessage(raw, { blobs: memoryBlobs() });
    };
    expect(await cpuRatio(prepare, MOST)).toBeLessThan(MOST);
  });
});
