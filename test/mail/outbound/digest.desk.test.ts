import { generateKeyPairSync } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { beforeEach, describe, expect, test } from 'vitest';
import { authenticateSender } from '../../../src/mail/inbound/parse/authenticate-sender.ts';
import { makeDigests } from '../../../src/mail/outbound/make-digests.ts';
import { OutboundMessage } from '../../../src/mail/outbound/outbound-message.ts';
import type { Employee } from '../../../src/people/employee.ts';
import { useDesk } from '../../support/desk.ts';
import { outbox } from './outbox.ts';

let now = new Date();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const desk = useDesk({
  web: true,
  clock: () => now,
  env: {
    SUPPORT_ADDRESS: 'support@help.example',
    DKIM_DOMAIN: 'help.example',
    DKIM_SELECTOR: 'desk',
    DKIM_PRIVATE_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })).replaceAll('\n', '\\n'),
  },
});
const { person, open, comment, notify, row, send } = outbox(desk);

const query = (sql: string, params: unknown[] = []) => desk().transaction(({ em }) => em.execute(sql, params));
const make = () => desk().transaction((tx) => makeDigests(tx, desk().jobs.notify));
const digests = () =>
  desk().transaction(({ em }) => em.find(OutboundMessage, { template: 'digest' }, { orderBy: { id: 'asc' } }));
const coordinator = (given: Partial<Employee> = {}) => person({ role: 'coordinator', firstName: 'Marta', ...given });

/** Monday, 23 November 2026; nobody and nothing of other tests. */
beforeEach(async () => {
  now = new Date('2026-11-23T08:05:00Z');
  await query(`update employee set status = 'disabled' where role <> 'employee'`);
  await query(`update ticket set status = 'closed', created_at = '2026-01-01', resolved_at = null`);
});

async function digestOf(reader: Employee) {
  const [made] = (await digests()).filter(({ recipient }) => recipient === reader.email);
  await send([made!.id]);
  const sent = desk().caught.mails.findLast(({ to }) => to.includes(reader.email));
  return { made: made!, raw: sent?.raw ?? '', mail: await simpleParser(sent?.raw ?? '') };
}

describe('the digest', () => {
  test('comes to each coordinator once a working day from eight o’clock on, by the clock of the settings', async () => {
    const [marta, jonas] = [await coordinator(), await coordinator()];
    await person({ role: 'admin' });
    await query(`insert into setting (key, value) values ('time_zone', '"America/New_York"')`);
    const at = async (time: string) => {
      now = new Date(time);
      return make();
    };
    expect(await at('2026-11-23T12:59:00Z')).toBe(0);
    expect(await at('2026-11-23T13:00:00Z')).toBe(2);
    expect(await at('2026-11-23T22:00:00Z')).toBe(0);
    expect(await at('2026-11-24T14:00:00Z')).toBe(2);
    expect(await at('2026-11-28T14:00:00Z')).toBe(0);
    expect(await at('2026-11-29T14:00:00Z')).toBe(0);
    await query(`delete from setting where key = 'time_zone'`);
    const made = (await digests()).map(({ recipient }) => recipient);
    expect(made.filter((address) => [marta.email, jonas.email].includes(address))).toHaveLength(4);
  });

  test('is one, also when two workers look at once', async () => {
    await coordinator();
    const made = await Promise.all([make(), make(), make()]);
    expect(made.reduce((sum, count) => sum + count)).toBe(1);
  });

  test('tells what is open, what nobody has, and of strangers that no other mail told of', async () => {
    const marta = await coordinator();
    const stranger = await person({ status: 'contact' });
    const ticket = await open(await person(), { subject: 'Laptop will not wake' });
    await open(stranger, { subject: 'You have won', channel: 'mail', facts: { trust: 'T0' } });
    await comment(ticket, stranger, 'Mine too.', { visibility: 'pending', channel: 'mail' });
    await notify();
    await make();
    const { mail, made } = await digestOf(marta);
    expect(mail.subject).toBe('2 open, 2 without anybody');
    expect(mail.text).toMatch(
      /^Open {2}2\nNobody has {2}2\nYours {2}0\nWaiting {2}0\nHeld back {2}1\nSince yesterday {2}2\nSolved {2}0\n/,
    );
    expect(mail.text).toMatch(
      /New from senders who are not verified: no other mail told you of\s+them\n\nTX\d+ You have won\n/,
    );
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(await row(made.id)).toMatchObject({ state: 'sent', ticket: null });
  });

  test('R9: is ended by one POST without cookie or sign-in; a GET changes nothing', async () => {
    const marta = await coordinator();
    await make();
    const { raw, mail } = await digestOf(marta);
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m);
    const signed = /^DKIM-Signature:.*?\bh=([^;]*);/ms.exec(raw)?.[1]?.toLowerCase().replace(/\s+/g, '').split(':');
    expect(signed).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'from']));
    const link = /^List-Unsubscribe:\s*<([^>]+)>/m.exec(raw.replace(/\r?\n[ \t]+/g, ''))?.[1] ?? '';
    expect(mail.text).toContain(link);
    const url = link.replace(/^https?:\/\/[^/]+/, desk().url);
    const preferences = async () => (await query('select preferences from employee where id = ?', [marta.id]))[0];
    expect((await fetch(url)).status).toBe(200);
    expect(await preferences()).toEqual({ preferences: {} });
    for (const wrong of [url.slice(0, -1), `${url}x`, url.replace('mail_digest', 'mail_receipts')])
      expect((await fetch(wrong, { method: 'POST' })).status).toBe(404);
    const once = await fetch(url, {
      method: 'POST',
      body: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(once.status).toBe(200);
    expect(await preferences()).toEqual({ preferences: { mail_digest: false } });
    expect((await fetch(url, { method: 'POST' })).status).toBe(200);
    now = new Date('2026-11-24T08:05:00Z');
    expect(await make()).toBe(0);
  });
});

test('R20: what the desk sends is signed for its domain, passes DMARC, and every try has the same signature', async () => {
  const ana = await person();
  await open(ana, { subject: 'Grüße' });
  const [made] = await notify();
  await send([made!.id]);
  const { raw = '' } = desk().caught.mails.findLast(({ to }) => to.includes(ana.email)) ?? {};
  expect(raw).toMatch(/^DKIM-Signature:/m);
  const zone: Record<string, string> = {
    'desk._domainkey.help.example': `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
    '_dmarc.help.example': 'v=DMARC1; p=reject; adkim=s',
  };
  const resolver = (name: string, type: string) => {
    const value = type === 'TXT' ? zone[name.toLowerCase()] : undefined;
    if (value === undefined)
      return Promise.reject(Object.assign(new Error(`ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
    return Promise.resolve([[value]]);
  };
  const found = await authenticateSender(Buffer.from(raw), { resolver });
  expect(found).toMatchObject({ dmarc: 'pass', dkim: 'pass', domain: 'help.example' });
  expect(String((await row(made!.id)).mime).trimEnd()).toBe(raw.trimEnd());
});
