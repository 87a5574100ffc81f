import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { doctor } from '../../src/commands/doctor.ts';
import { readConfig } from '../../src/config.ts';
import { silent } from '../../src/log.ts';
import { raiseAlarms } from '../../src/mail/inbound/raise-alarms.ts';
import { noteHealthy, noteTrouble } from '../../src/mail/inbound/mailbox-health.ts';
import { notifyAccounts } from '../../src/mail/outbound/notify-accounts.ts';
import { sendMessages } from '../../src/mail/outbound/send-messages.ts';
import type { Finding } from '../../src/mail/sources/finding.ts';
import { SourceUnavailable } from '../../src/mail/sources/unavailable.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { PRODUCTION, useDesk } from '../support/desk.ts';
import { startScriptedImap } from '../support/imap/scripted-imap.ts';
import { addMailbox } from '../support/mailboxes.ts';
import { doTask } from '../support/tasks.ts';

const PASSWORD = 'pass-word/that@nobody-sees';
const desk = useDesk({ web: true, env: PRODUCTION });
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
let admin: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
});

let made = 0;
async function imapMailbox() {
  const mail = (subject: string, more = '') =>
    Buffer.from(`From: ana@maravia.example\r\nSubject: ${subject}\r\n${more}\r\n${subject}\r\n`);
  const raws = [mail('One'), mail('Two'), mail('Away', 'Auto-Submitted: auto-replied\r\n')];
  const imap = await startScriptedImap(raws.map((raw, at) => ({ uid: at + 1, raw })));
  onTestFinished(() => imap.stop());
  const source = { kind: 'imap', host: '127.0.0.1', port: imap.port, tls: 'none', user: 'joe', password: PASSWORD };
  const address = `imap-${++made}@maravia.example`;
  const { body } = await admin.post('/api/mailboxes', { name: 'Read', address, source });
  return { imap, id: Number(body['id']), address };
}

/** Asks for a look at a mailbox, lets the worker do it, and reads what it found. */
async function look(
  id: number,
  what: 'doctor' | 'rehearse',
): Promise<{ ok: boolean; report: unknown; problem: unknown }> {
  const asked = await admin.post(`/api/mailboxes/${id}/${what}`);
  expect(asked.status).toBe(202);
  const task = Number((asked.body['task'] as { id: number }).id);
  await doTask(desk(), task);
  const { body } = await admin.get(`/api/tasks/${task}`);
  expect(JSON.stringify(body)).not.toContain(PASSWORD);
  expect(body).toMatchObject({ state: 'done', progress: 1, total: 1 });
  const [line] = body['result'] as { ok: boolean; report: unknown; problem: unknown }[];
  if (!line) throw new Error('The task has no line');
  return line;
}
const findingsOf = ({ report }: { report: unknown }) => (report as { findings: Finding[] }).findings;

/** What the command says of a mailbox of the same desk. */
async function byCommand(address: string): Promise<Finding[]> {
  const { databaseUrl, caught, config } = desk();
  const env = { ...PRODUCTION, DATABASE_URL: databaseUrl, SMTP_URL: `smtp://127.0.0.1:${caught.port}` };
  const given = readConfig({ ...env, DATA_DIR: config.dataDir, LOG_LEVEL: 'silent' });
  const printed: string[] = [];
  const options = { mailbox: address, probe: false, patience: 1000, json: true };
  await doctor(given, silent, options, (text) => printed.push(text));
  const { findings } = JSON.parse(printed.join('')) as { findings: (Finding & { subject: string })[] };
  return findings.flatMap(({ subject, ...finding }) => (subject.startsWith(address) ? finding : []));
}

test('the doctor is asked for in the API, before a mailbox is switched on, and says what the command says', async () => {
  const { id, address } = await imapMailbox();
  const found = findingsOf(await look(id, 'doctor'));
  const about = (one: Finding) => one.check.startsWith('outbound');
  expect(found.filter((one) => !about(one))).toEqual(await byCommand(address));
  expect(found.map(({ check, level }) => [check, level])).toEqual(
    expect.arrayContaining([
      ['reading', 'ok'],
      ['credentials', 'ok'],
      ['folder', 'ok'],
    ]),
  );
  // The server that its mail goes out by is looked at too; here nobody is there.
  expect(found.filter(about)).toMatchObject([{ check: 'outbound server', level: 'fail' }]);
  expect(await query('select 1 from inbound_message')).toEqual([]);
});

test('a wrong password is told as such, and the password is not, even where the server repeats it', async () => {
  const { imap, id } = await imapMailbox();
  imap.script = ({ tag, name }, { say }) => {
    if (name !== 'LOGIN') return false;
    say(`${tag} NO [AUTHENTICATIONFAILED] not with ${PASSWORD}`);
    return true;
  };
  expect(findingsOf(await look(id, 'doctor'))).toContainEqual(
    expect.objectContaining({
      check: 'credentials',
      level: 'fail',
      text: expect.stringContaining('[secret]') as string,
    }),
  );
  expect(await look(id, 'rehearse')).toMatchObject({
    ok: false,
    problem: { code: 'conflict', error: expect.stringMatching(/^The mailbox cannot be read/) as string },
  });
});

test('the dry run says what the mail would become, and nothing is stored, here or at the server', async () => {
  const { imap, id, address } = await imapMailbox();
  const { ok, report } = await look(id, 'rehearse');
  expect(ok).toBe(true);
  expect(report).toEqual({
    text: `${address}: 3 messages → 2 tickets, 0 comments, 1 suppressed; 0 mails will be sent`,
    counts: { messages: 3, tickets: 2, comments: 0, suppressed: 1, quarantined: 0, unread: 0, mails: 0 },
  });
  expect(await query('select 1 from inbound_message union all select 1 from ticket')).toEqual([]);
  expect(imap.heard.filter((line) => /STORE|MOVE|EXPUNGE/.test(line))).toEqual([]);
});

test('there is no dry run of a mailbox that is handed its mail, nor a look at one that is not there', async () => {
  expect((await admin.post(`/api/mailboxes/${desk().mailbox.id}/rehearse`)).status).toBe(409);
  expect((await admin.post('/api/mailboxes/999999/doctor')).status).toBe(404);
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const alarm = () => desk().transaction((tx) => raiseAlarms(tx, silent));
const health = async (id: number) => {
  const { body } = await admin.get('/api/health');
  const all = body['mailboxes'] as { id: number; health: { state: string; error: string | null } }[];
  return { status: body['status'], ...all.find((one) => one.id === id)?.health };
};

/** The mails that tell of mailboxes, sent as the worker does: to whom, from whom, and their words. */
async function alarms(): Promise<{ to: string[]; raw: string }[]> {
  const notices = await query<{ id: string }>(
    `select id from account_notice where template like 'mailbox-%' and state = 'pending'`,
  );
  const ids = notices.map(({ id }) => Number(id));
  await desk().transaction((tx) => notifyAccounts(tx, ids, desk().jobs.notify));
  const due = await query<{ id: string }>(`select id from outbound_message where state = 'pending'`);
  const before = desk().caught.mails.length;
  await sendMessages(
    desk().transaction,
    due.map(({ id }) => Number(id)),
    desk().jobs.send,
  );
  return desk().caught.mails.slice(before);
}

test('a mailbox that cannot be read shows at once, and within five minutes every admin has a mail that goes by another one; once, until it is read again, which a mail tells too', async () => {
  await query(`update mailbox set enabled = false where source = 'imap'`);
  const id = await addMailbox(desk(), { source: 'imap', address: 'broken@maravia.example' });
  const fail = (at: Date) =>
    desk().transaction((tx) =>
      noteTrouble({ ...tx, now: at }, id, new SourceUnavailable('auth', 'The server does not let joe in')),
    );
  await fail(minutesAgo(2));
  expect(await health(id)).toMatchObject({
    status: 'degraded',
    state: 'failing',
    error: 'The server does not let joe in',
  });
  await alarm();
  expect(await alarms()).toEqual([]);
  await query(`update mailbox set trouble_since = now() - interval '4 minutes' where id = ?`, [id]);
  await Promise.all([alarm(), alarm()]); // two workers
  const [mail, ...more] = await alarms();
  expect(more).toEqual([]);
  expect(mail?.to).toEqual([admin.email]);
  expect(mail?.raw).toMatch(new RegExp(`^From: .*<${PRODUCTION['SUPPORT_ADDRESS']}>`, 'm'));
  expect(mail?.raw).toContain('broken@maravia.example');
  expect(mail?.raw).toContain('The server does not let joe in');
  await alarm();
  expect(await alarms()).toEqual([]);

  await desk().transaction((tx) => noteHealthy(tx, id));
  await query('update mailbox set last_polled_at = now() where id = ?', [id]);
  expect(await health(id)).toMatchObject({ status: 'ok', state: 'ok', error: null });
  const [over, ...others] = await alarms();
  expect(others).toEqual([]);
  expect(over?.to).toEqual([admin.email]);
  expect(over?.raw).toMatch(/^Subject: .*read again/m);
  await desk().transaction((tx) => noteHealthy(tx, id));
  expect(await alarms()).toEqual([]);
  await fail(minutesAgo(4));
  await alarm();
  expect(await alarms()).toHaveLength(1);
});

test('a mailbox that no worker reads shows as late, and admins hear of it; one that is switched off, or handed its mail, is not late', async () => {
  await query(`update mailbox set enabled = false where source = 'imap'`);
  const id = await addMailbox(desk(), { source: 'imap', address: 'unread@maravia.example' });
  await query(`update mailbox set last_polled_at = ?, created_at = ? where id = ?`, [
    minutesAgo(6),
    minutesAgo(60),
    id,
  ]);
  expect(await health(id)).toMatchObject({ status: 'degraded', state: 'late' });
  await alarm();
  expect(await alarms()).toHaveLength(1);
  await query('update mailbox set enabled = false, alerted_at = null where id = ?', [id]);
  await query(`update mailbox set created_at = now() - interval '1 day' where source in ('smtp', 'http')`);
  expect(await health(id)).toMatchObject({ status: 'ok', state: 'off' });
  await alarm();
  expect(await alarms()).toEqual([]);
});
