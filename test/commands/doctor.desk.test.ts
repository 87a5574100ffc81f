import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { doctor, type DoctorOptions } from '../../src/commands/doctor.ts';
import { readConfig } from '../../src/config.ts';
import { silent } from '../../src/log.ts';
import { GMAIL_SCOPES } from '../../src/mail/sources/gmail-auth.ts';
import type { Finding } from '../../src/mail/sources/finding.ts';
import { PRODUCTION, startTestDesk, useDesk } from '../support/desk.ts';
import { dumpDatabase } from '../support/dump.ts';
import { startGmailServer } from '../support/gmail/gmail-server.ts';
import { startScriptedImap, type ScriptedImap } from '../support/imap/scripted-imap.ts';

const desk = useDesk();
const PASSWORD = 'pass-word/that@nobody-sees';
const ASKED: DoctorOptions = { mailbox: null, probe: false, patience: 30_000, json: true };

interface Answer {
  code: number;
  /** Levels by check. */
  levels: Record<string, string>;
  about: (check: string) => Finding;
  text: string;
}

async function examine(env: Record<string, string>, asked: Partial<DoctorOptions> = {}, of = desk()): Promise<Answer> {
  const { databaseUrl, caught } = of;
  const production = { ...PRODUCTION, DATABASE_URL: databaseUrl, SMTP_URL: `smtp://127.0.0.1:${caught.port}` };
  const config = readConfig({ ...production, DATA_DIR: of.config.dataDir, LOG_LEVEL: 'silent', ...env });
  const printed: string[] = [];
  const code = await doctor(config, silent, { ...ASKED, mailbox: config.supportAddress, ...asked }, (text) =>
    printed.push(text),
  );
  const text = printed.join('\n');
  expect(text).not.toContain(PASSWORD);
  const findings = asked.json === false ? [] : (JSON.parse(text) as { findings: Finding[] }).findings;
  const levels = Object.fromEntries(findings.map(({ check, level }) => [check, level]));
  const about = (check: string) => {
    const found = findings.find((finding) => finding.check === check);
    if (!found) throw new Error(`Nothing was said about ${check}: ${text}`);
    return found;
  };
  return { code, levels, about, text };
}

async function imapServer(): Promise<ScriptedImap> {
  const imap = await startScriptedImap([{ uid: 1, raw: Buffer.from('Subject: a\r\n\r\na\r\n') }]);
  onTestFinished(() => imap.stop());
  return imap;
}

const urlOf = ({ port }: { port: number }, folder = 'INBOX') => ({
  IMAP_URL: `imap://joe:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${folder}`,
});

test('a mailbox that is well is told line by line, and looking at it changes nothing, neither here nor at the server', async () => {
  const imap = await imapServer();
  const before = await dumpDatabase(desk());
  const { code, levels, about } = await examine(urlOf(imap));
  expect(levels).toEqual({
    ...{ 'data folder': 'ok', database: 'ok', 'outbound server': 'ok', 'outbound credentials': 'ok' },
    ...{ reading: 'warn', server: 'ok', credentials: 'ok', folder: 'ok', marking: 'ok', news: 'ok' },
  });
  expect(about('reading').advice).toContain('Start the desk');
  expect(about('database').text).toMatch(/^PostgreSQL \d+, UTF8, at this version$/);
  expect(about('folder').text).toContain('1 messages');
  expect(code).toBe(0);
  expect(await dumpDatabase(desk())).toEqual(before);
  expect(imap.heard.filter((line) => /STORE|MOVE|CREATE|EXPUNGE/.test(line))).toEqual([]);
});

test('a wrong password is told as such, without the password, even where the server repeats it', async () => {
  const imap = await imapServer();
  imap.script = ({ tag, name }, { say }) => {
    if (name !== 'LOGIN') return false;
    say(`${tag} NO [AUTHENTICATIONFAILED] not with ${PASSWORD}`);
    return true;
  };
  const { code, levels, about } = await examine(urlOf(imap));
  expect(code).toBe(1);
  expect(levels).toMatchObject({ server: 'ok', credentials: 'fail' });
  expect(about('credentials')).toMatchObject({
    text: expect.stringContaining('does not let joe in: not with [secret]') as string,
    advice: expect.stringContaining('password in IMAP_URL') as string,
  });
});

test('a folder that is not there is told as such', async () => {
  const imap = await imapServer();
  imap.script = ({ tag, name }, { say }) => {
    if (name !== 'SELECT' && name !== 'LIST') return false;
    say(name === 'SELECT' ? `${tag} NO [NONEXISTENT] no such folder` : `${tag} OK nothing`);
    return true;
  };
  const { code, levels, about } = await examine(urlOf(imap, 'Support'));
  expect(code).toBe(1);
  expect(levels).toMatchObject({ server: 'ok', credentials: 'ok', folder: 'fail' });
  expect(about('folder').text).toContain('no folder "Support"');
});

test('a server that nobody runs is told as such, and people read what to do next below the line', async () => {
  const port = await freePort();
  const { code, levels } = await examine(urlOf({ port }));
  expect(code).toBe(1);
  expect(levels).toMatchObject({ server: 'fail' });
  const { text } = await examine(urlOf({ port }), { json: false });
  expect(text).toMatch(/^ {2}fail {2}server .*ECONNREFUSED.*\n {8}→ Check host, port and firewall/m);
});

test('a server that does not encrypt where it must is told as such', async () => {
  const imap = await imapServer();
  const { code, about } = await examine({ IMAP_URL: urlOf(imap).IMAP_URL.replace('imap:', 'imaps:') });
  expect(code).toBe(1);
  expect(about('encryption')).toMatchObject({ level: 'fail', advice: expect.stringContaining('imaps://') as string });
});

test('Gmail: a consent without the scope, a label that is not there, and a token of a testing app are told as such', async () => {
  const server = await startGmailServer('support@maravia.example');
  onTestFinished(() => server.stop());
  const consent = (scopes: string[]) => ({
    ...{ GMAIL_API_URL: server.url, GMAIL_CLIENT_ID: server.oauth.client.id },
    GMAIL_CLIENT_SECRET: server.oauth.client.secret,
    GMAIL_REFRESH_TOKEN: server.oauth.grant('support@maravia.example', scopes),
  });
  const well = await examine(consent([GMAIL_SCOPES.modify]));
  expect(well.code).toBe(0);
  expect(well.levels).toMatchObject({ credentials: 'ok', token: 'ok', scopes: 'ok', label: 'ok', clock: 'ok' });

  const narrow = await examine(consent([GMAIL_SCOPES.readonly]));
  expect(narrow.code).toBe(1);
  expect(narrow.about('scopes')).toMatchObject({
    level: 'fail',
    text: 'the consent gives gmail.readonly, not gmail.modify',
    advice: expect.stringContaining('GMAIL_SCOPE=readonly') as string,
  });
  expect((await examine({ ...consent([GMAIL_SCOPES.readonly]), GMAIL_SCOPE: 'readonly' })).code).toBe(0);

  const unlabelled = await examine({ ...consent([GMAIL_SCOPES.modify]), GMAIL_LABEL: 'Tickets' });
  expect(unlabelled.about('label')).toMatchObject({ level: 'fail', text: 'The account has no label Tickets' });

  server.oauth.testing = true;
  const testing = await examine(consent([GMAIL_SCOPES.modify]));
  expect(testing.about('token')).toMatchObject({ level: 'warn', text: expect.stringContaining('7 days') as string });
  expect(testing.code).toBe(0);

  const ended = await examine({ ...consent([GMAIL_SCOPES.modify]), GMAIL_REFRESH_TOKEN: '1//of-yesterday' });
  expect(ended.about('credentials')).toMatchObject({
    level: 'fail',
    text: expect.stringContaining('7 days') as string,
  });
  expect(ended.text).not.toContain('of-yesterday');
});

test('a database that cannot be reached, and an outbound server that refuses, each fail', async () => {
  const gone = await examine({
    DATABASE_URL: `postgres://desk:${encodeURIComponent(PASSWORD)}@127.0.0.1:${await freePort()}/desk`,
  });
  expect(gone.code).toBe(1);
  expect(gone.levels).toEqual({
    'data folder': 'ok',
    database: 'fail',
    'outbound server': 'ok',
    'outbound credentials': 'ok',
  });
  const silenced = await examine({ SMTP_URL: `smtp://127.0.0.1:${await freePort()}` });
  expect([silenced.code, silenced.levels['outbound server']]).toEqual([1, 'fail']);
});

test(
  'a probe comes back into the ledger as the own probe of the desk, and opens no ticket',
  { timeout: 120_000 },
  async () => {
    const imap = await imapServer();
    imap.messages = [];
    const env = { SUPPORT_ADDRESS: 'support@maravia.example', ...urlOf(imap) };
    const { desk: running, stop } = await startTestDesk({ worker: true, env });
    onTestFinished(stop);
    const delivered = setInterval(() => {
      const raws = running.caught.mails.map(({ raw }) => Buffer.from(raw));
      if (raws.length === imap.messages.length) return;
      imap.messages = raws.map((raw, at) => ({ uid: at + 1, raw }));
      imap.announce();
    }, 50);
    onTestFinished(() => clearInterval(delivered));
    const { about, code, text } = await examine(env, { probe: true, patience: 60_000 }, running);
    expect(about('probe').text, text).toMatch(/in the ledger after [\d.]+ s: suppressed, own probe/);
    expect(code).toBe(0);
    const [counted] = await running.transaction((tx) =>
      tx.em.execute<{ n: number }[]>('select count(*)::int as n from ticket'),
    );
    expect(counted?.n).toBe(0);
  },
);

test('a probe that does not come back fails and says where to look', async () => {
  const imap = await imapServer();
  const { about, code } = await examine(urlOf(imap), { probe: true, patience: 1 });
  expect(code).toBe(1);
  expect(about('probe')).toMatchObject({ level: 'fail', advice: expect.stringContaining('spam') as string });
});

/** A port that nobody listens on any more. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
