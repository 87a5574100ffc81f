import { simpleParser } from 'mailparser';
import { beforeEach, expect, test } from 'vitest';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { receiveMessage } from '../../src/mail/inbound/receive-message.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { useDesk } from '../support/desk.ts';
import { useStatements } from '../support/statements.ts';
import { outbox, told } from './outbound/outbox.ts';

const desk = useDesk({ clock: () => new Date('2026-11-23T09:02:00Z') });
const statements = useStatements();
const { person, open, comment, notify, send } = outbox(desk);
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));

beforeEach(() => query('delete from setting'));

const set = (settings: Partial<Settings>) =>
  query(`insert into setting (key, value) select key, value from jsonb_each(?::jsonb)`, [JSON.stringify(settings)]);

let turn = 0;
const mail = (from: string) =>
  `From: Ana <${from}>\nTo: support@localhost\nSubject: Help\nMessage-ID: <s${++turn}@maravia.example>\n\nPlease.\n`;

test('mails say the name and address of the organisation, and times in its time zone', async () => {
  await set({
    organisation_name: 'Maravia',
    organisation_address: '1 Harbour Street\n\nMaravia City',
    time_zone: 'Europe/Berlin',
  });
  const ana = await person({ email: 'ana.zone@maravia.example' });
  const ticket = await open(ana);
  await comment(ticket, await person({ role: 'coordinator', firstName: 'Marta', lastName: 'Kowalska' }), 'Plug it in.');
  for (const { id } of await notify()) await send([id]);
  const mails = desk().caught.mails.filter(({ to }) => to.includes(ana.email));
  const [receipt, reply] = await Promise.all(mails.map(({ raw }) => simpleParser(raw)));
  expect(receipt?.from?.text).toBe('"Maravia" <support@localhost>');
  expect(receipt?.text).toContain('Monday, 23 November 2026 at 10:02 CET');
  expect(receipt?.text).toMatch(/1 Harbour Street\nMaravia City\n$/);
  expect(receipt?.html).toContain('1 Harbour Street<br>Maravia City');
  expect(reply?.from?.text).toBe('"Marta Kowalska via Maravia" <support@localhost>');
});

test('with receipts switched off new tickets get none, and the reason is kept', async () => {
  await set({ feature_acknowledgements: false });
  await open(await person({ email: 'ana.silent@maravia.example' }));
  const rows = (await notify()).filter(({ template }) => template === 'ticket-received');
  expect(rows.map(told)).toEqual(['ticket-received → ana.silent@maravia.example: suppressed']);
  expect(rows[0]?.reason).toBe('Receipts are switched off');
});

test('whoever is known from mail only is written to in the language of the desk, and their ticket has its default priority', async () => {
  await set({ locale: 'de', default_priority: 'medium' });
  await desk().receive(mail('stranger@maravia.example'));
  expect(await query(`select locale from employee where email = 'stranger@maravia.example'`)).toEqual([
    { locale: 'de' },
  ]);
  expect(
    await query(
      `select priority from ticket t join employee e on e.id = t.requester_id where e.email = 'stranger@maravia.example'`,
    ),
  ).toEqual([{ priority: 'medium' }]);
});

test('ten mails read the settings once, like one', async () => {
  const ids: number[] = [];
  for (let n = 0; n < 10; n++) {
    const raw = await desk().blobs.put(Buffer.from(mail(`many${n}@maravia.example`)));
    const given = {
      mailboxId: desk().mailbox.id,
      sourceKey: `settings:${n}`,
      raw,
      envelopeFrom: null,
      envelopeTo: null,
    };
    ids.push((await desk().transaction((tx) => receiveMessage(tx, { ...given, quiet: true, wake: false }))).id);
  }
  statements.take();
  await ingestMessages(desk().ingest, ids);
  expect(statements.take().filter((sql) => /\bfrom setting\b/.test(sql))).toHaveLength(1);
  expect(await query(`select count(*)::int as n from employee where email like 'many%'`)).toEqual([{ n: 10 }]);
});
