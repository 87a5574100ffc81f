import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../../../src/errors.ts';
import { readMessages } from '../../../../src/mail/inbound/message-files.ts';
import { parseCommand } from '../../../../src/mail/inbound/parse/parse-command.ts';
import { plainMail } from './support.ts';

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'smartsupport-test-'))));
afterEach(() => rm(dir, { recursive: true, force: true }));

async function read(paths: string[], stdin = '') {
  const found: [string, string][] = [];
  for await (const { file, raw } of readMessages(paths, Readable.from([Buffer.from(stdin)])))
    found.push([file.replace(`${dir}/`, ''), raw.toString()]);
  return found;
}

const MBOX =
  'From a@example.com Mon Jan  5 09:30:00 2026\nSubject: one\n\nFrom here on it works.\n\n>From the start.\n\nFrom b@example.com Mon Jan  5 09:31:00 2026\nSubject: two\n\n>>From x\n';

test('files and folders are read by name, hidden ones left out', async () => {
  await mkdir(join(dir, 'sub'));
  for (const name of ['b.eml', 'a.eml', 'sub/c', '.hidden'])
    await writeFile(join(dir, name), `Subject: ${name}\n\nx\n`);
  expect((await read([dir])).map(([file]) => file)).toEqual(['a.eml', 'b.eml', 'sub/c']);
});

test('an mbox is cut at its separators, not at sentences, and unquoted', async () => {
  await writeFile(join(dir, 'box'), MBOX);
  const found = await read([join(dir, 'box')]);
  expect(found.map(([file]) => file)).toEqual(['box#1', 'box#2']);
  expect(found[0]?.[1]).toContain('\n\nFrom here on it works.\n\nFrom the start.\n');
  expect(found[1]?.[1]).toContain('Subject: two\n\n>From x\n');
});

test('an mbox is cut the same way however its bytes arrive', async () => {
  const cut = async (chunks: Buffer[]) => {
    const found: string[] = [];
    for await (const { raw } of readMessages(['-'], Readable.from(chunks))) found.push(raw.toString());
    return found;
  };
  const whole = await cut([Buffer.from(MBOX)]);
  expect(await cut([...Buffer.from(MBOX)].map((byte) => Buffer.from([byte])))).toEqual(whole);
  expect(whole).toHaveLength(2);
});

test('a single message that begins with an mbox line is one message', async () => {
  const single = MBOX.slice(0, MBOX.indexOf('From b@'));
  expect(await read(['-'], single)).toEqual([['-', single]]);
});

test('a path that is not there is a mistake of the caller', async () => {
  await expect(read([join(dir, 'nowhere')])).rejects.toThrow(UsageError);
});

test('prints one JSON line per message in the order of input, and counts failures in the exit code', async () => {
  await writeFile(
    join(dir, '1.eml'),
    plainMail('Where is the toner?\n', { Subject: 'Toner', 'Auto-Submitted': 'auto-replied' }),
  );
  await writeFile(join(dir, '2.eml'), `X: ${'a'.repeat(400_000)}\n\n`);
  await writeFile(
    join(dir, '3.eml'),
    plainMail('Third\n', { From: 'MAILER-DAEMON@x.test', 'X-Failed-Recipients': 'bo@example.net' }),
  );
  const stdout = new PassThrough();
  const printed = text(stdout);
  const code = await parseCommand([dir], { stdout, stderr: new PassThrough(), stdin: Readable.from([]) });
  stdout.end();
  const lines = (await printed)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(code).toBe(1);
  expect(lines[0]).toMatchObject({
    file: join(dir, '1.eml'),
    subject: 'Toner',
    reply: 'Where is the toner?',
    autoReply: true,
    noAutoAnswer: true,
    failedRecipients: [],
  });
  expect(lines[0]?.['ms']).toEqual(expect.any(Number));
  expect(lines[0]).not.toHaveProperty('error');
  expect(lines[1]).toMatchObject({ error: { code: 'header-too-large' } });
  expect(lines[2]).toMatchObject({ bounce: true, failedRecipients: ['bo@example.net'] });
});
