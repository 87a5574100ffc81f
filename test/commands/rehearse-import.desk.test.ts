import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { rehearseImport } from '../../src/commands/rehearse-import.ts';
import { readConfig } from '../../src/config.ts';
import { silent } from '../../src/log.ts';
import { PRODUCTION, startTestDesk, useDesk, type TestDesk } from '../support/desk.ts';
import { dumpDatabase } from '../support/dump.ts';
import { startScriptedImap, type ScriptedImap } from '../support/imap/scripted-imap.ts';
import { eventually } from '../support/processes.ts';

const desk = useDesk();

const mail = (id: string, from: string, headers = '') =>
  Buffer.from(
    `From: ${from}\r\nTo: support@maravia.example\r\nSubject: About ${id}\r\nMessage-ID: <${id}@maravia.example>\r\n${headers}\r\nWords of ${id}.\r\n`,
  );
const answering = (id: string) => `In-Reply-To: <${id}@maravia.example>\r\nReferences: <${id}@maravia.example>\r\n`;

/** Sixty requests, one answered by its sender in a later batch and by a machine, one that came twice, and a probe of nobody's. */
const MAILS = [
  ...Array.from({ length: 60 }, (_, n) => mail(`r${n}`, `p${n % 20}@maravia.example`)),
  mail('again', 'p0@maravia.example', answering('r0')),
  mail('away', 'p1@maravia.example', `${answering('r1')}Auto-Submitted: auto-replied\r\n`),
  mail('r2', 'p2@maravia.example'),
];

async function server(): Promise<ScriptedImap> {
  const imap = await startScriptedImap(MAILS.map((raw, at) => ({ uid: at + 1, raw })));
  onTestFinished(() => imap.stop());
  return imap;
}

const envOf = ({ port }: ScriptedImap) => ({
  SUPPORT_ADDRESS: 'support@maravia.example',
  IMAP_URL: `imap://joe:secret@127.0.0.1:${port}/INBOX`,
});

async function rehearse(imap: ScriptedImap, of: TestDesk = desk()): Promise<{ code: number; said: string }> {
  const env = { ...PRODUCTION, DATABASE_URL: of.databaseUrl, DATA_DIR: of.config.dataDir, LOG_LEVEL: 'silent' };
  const said: string[] = [];
  const config = readConfig({ ...env, ...envOf(imap) });
  const code = await rehearseImport(config, silent, config.supportAddress, (line) => said.push(line));
  return { code, said: said.join('\n') };
}

const SAID = 'support@maravia.example: 63 messages → 60 tickets, 1 comment, 2 suppressed; 0 mails will be sent';

test('before the first connect it says what the mail would become, and nothing changes in the database, on disk or at the server', async () => {
  const imap = await server();
  const state = async () => [
    await dumpDatabase(desk()),
    (await readdir(desk().config.dataDir, { recursive: true })).toSorted(),
    (await readdir(tmpdir())).filter((name) => name.startsWith('smartsupport-rehearsal-')),
  ];
  const before = await state();
  expect(await rehearse(imap)).toEqual({ code: 0, said: SAID });
  expect(await state()).toEqual(before);
  expect(imap.flags.size).toBe(0);
  expect(imap.heard.filter((line) => /STORE|MOVE|CREATE|EXPUNGE|BODY\[/.test(line))).toEqual([]);
});

test('what was foretold is what becomes of it', { timeout: 120_000 }, async () => {
  const imap = await server();
  const { desk: real, stop } = await startTestDesk({ worker: true, env: envOf(imap) });
  onTestFinished(stop);
  const count = async (sql: string) =>
    (await real.transaction((tx) => tx.em.execute<{ n: number }[]>(`select count(*)::int as n ${sql}`)))[0]?.n;
  await eventually(
    'all applied',
    async () => (await count('from inbound_message where finished_at is not null')) === 63,
    90_000,
  );
  expect(await count('from ticket')).toBe(60);
  expect(await count(`from inbound_message where decision = 'add-comment'`)).toBe(1);
  expect(await count(`from inbound_message where state = 'suppressed'`)).toBe(2);
  expect(await count('from outbound_message')).toBe(0);
  expect(await rehearse(imap, real)).toMatchObject({
    code: 0,
    said: expect.stringContaining(': 0 messages →') as string,
  });
});

test('a mailbox that cannot be read is told as such', async () => {
  const imap = await server();
  imap.greeting = '* BYE not today\r\n';
  const { code, said } = await rehearse(imap);
  expect(code).toBe(1);
  expect(said).toMatch(/^The mailbox cannot be read: .*See smartsupport doctor\.$/);
});
