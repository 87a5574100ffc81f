import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gmailAuth, GMAIL_SCOPES } from '../../../src/mail/sources/gmail-auth.ts';
import { gmailSource, type GmailOptions } from '../../../src/mail/sources/gmail-source.ts';
import { whenReceived } from '../../../src/mail/sources/source.ts';
import { SourceUnavailable } from '../../../src/mail/sources/unavailable.ts';
import { startGmailServer, type Fault, type GmailServer } from '../../support/gmail/gmail-server.ts';
import { eventually } from '../../support/processes.ts';

let server: GmailServer;
beforeEach(async () => {
  server = await startGmailServer();
});
afterEach(() => server.stop());

const MAIL = 'From: ana@maravia.example\r\nSubject: Screen\r\n\r\nIt flickers.\r\n';
let clock = new Date('2026-11-20T10:00:00Z');

/** A source that spends no time on its quota; its clock stands still unless a test moves it. */
function source(options: Partial<GmailOptions> & { scopes?: string[]; told?: string[] } = {}) {
  const { scopes = [GMAIL_SCOPES.modify], told = [], ...more } = options;
  const refreshToken = server.oauth.grant('support@desk.example', scopes);
  const { id: clientId, secret: clientSecret } = server.oauth.client;
  const credentials = { kind: 'consent' as const, clientId, clientSecret, refreshToken };
  const auth = gmailAuth(credentials, { apiUrl: server.url, onRefreshToken: (token) => told.push(token) });
  return gmailSource({ auth, apiUrl: server.url, now: () => clock, spend: () => Promise.resolve(), ...more });
}

const operations = () => server.asked.map(({ name }) => name);

async function troubleOf(work: Promise<unknown>): Promise<SourceUnavailable> {
  const error = await work.then(
    () => new Error('It worked'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceUnavailable);
  return error as SourceUnavailable;
}

describe('a Gmail mailbox', () => {
  test('is listed whole at first, and by its changes from then on', async () => {
    const first = server.mailbox.deliver(MAIL);
    server.mailbox.deliver(MAIL, ['SENT']);
    const gmail = source();
    const before = await gmail.list({});
    expect(before.keys).toEqual([first]);

    const second = server.mailbox.deliver(MAIL);
    const after = await gmail.list(before.cursor);
    expect(after.keys).toEqual([second]);
    expect((await gmail.list(after.cursor)).keys).toEqual([]);
    expect(operations()).toEqual(['getProfile', 'messages.list', 'history.list', 'history.list']);
  });

  test('M38: mail that comes between two pages of the history is in the changes after them', async () => {
    let pages = 0;
    let late = '';
    const spend = (operation: string) => {
      if (operation === 'history.list' && ++pages === 2) late = server.mailbox.deliver(MAIL);
      return Promise.resolve();
    };
    const gmail = source({ spend });
    const before = await gmail.list({});
    for (let made = 0; made < 600; made++) server.mailbox.deliver(MAIL);
    const first = await gmail.list(before.cursor);
    const second = await gmail.list(first.cursor);
    expect([pages >= 3, first.keys.length, [...first.keys, ...second.keys].includes(late)]).toEqual([true, 600, true]);
  });

  test('M37: mail that is archived between two pages of the history, before we look at it, is taken all the same', async () => {
    let pages = 0;
    const made: string[] = [];
    const spend = (operation: string) => {
      if (operation === 'history.list' && ++pages === 2) server.mailbox.label(made.at(-1) ?? '', [], ['INBOX']);
      return Promise.resolve();
    };
    const gmail = source({ spend });
    const before = await gmail.list({});
    for (let each = 0; each < 600; each++) made.push(server.mailbox.deliver(MAIL));
    const first = await gmail.list(before.cursor);
    const second = await gmail.list(first.cursor);
    expect(first.keys).toHaveLength(599);
    expect(second.keys).toEqual([made.at(-1)]);
    expect((await gmail.list(second.cursor)).keys).toEqual([]);
  });

  test('mail that comes while it is listed whole is in the changes after it', async () => {
    const gmail = source();
    server.fail({ on: 'messages.list', status: 503 });
    await troubleOf(gmail.list({}));
    clock = new Date(clock.getTime() + 120_000);
    const { cursor } = await gmail.list({});
    const late = server.mailbox.deliver(MAIL);
    expect((await gmail.list(cursor)).keys).toEqual([late]);
  });

  test('a change of 1,200 messages is read page by page from one start', async () => {
    const gmail = source();
    const { cursor } = await gmail.list({});
    const ids = Array.from({ length: 1200 }, () => server.mailbox.deliver(MAIL));
    expect((await gmail.list(cursor)).keys).toEqual(ids);
    const starts = server.asked.filter(({ name }) => name === 'history.list');
    expect(starts).toHaveLength(3);
    expect(new Set(starts.map(({ query }) => query.get('startHistoryId')))).toEqual(new Set([cursor['historyId']]));
  });

  test('M38: when Gmail has forgotten the history, everything is listed again', async () => {
    const gmail = source();
    const { cursor } = await gmail.list({});
    const ids = [server.mailbox.deliver(MAIL), server.mailbox.deliver(MAIL)];
    server.mailbox.forgetHistory();
    const listing = await gmail.list(cursor);
    expect(listing.keys.toSorted()).toEqual(ids.toSorted());
    expect(listing.cursor['historyId']).toBe(String(server.mailbox.historyId));
  });

  test('M38: after a long absence everything since then is listed, not only the last 30 days', async () => {
    const gmail = source();
    const { cursor } = await gmail.list({});
    const day = 24 * 3600_000;
    const id = server.mailbox.deliver(MAIL, ['INBOX'], Date.now() - 35 * day);
    server.mailbox.forgetHistory();
    expect((await gmail.list(cursor)).keys).toEqual([]);
    const at = new Date(clock.getTime() - 40 * day).toISOString();
    expect((await gmail.list({ ...cursor, at })).keys).toEqual([id]);
  });

  test('under another label it is listed anew; a label that does not exist is said', async () => {
    server.mailbox.labels.set('Label_7', 'Help desk');
    const id = server.mailbox.deliver(MAIL, ['Label_7']);
    const { cursor } = await source().list({});
    expect((await source({ label: 'Help desk' }).list(cursor)).keys).toEqual([id]);
    const { trouble, message } = await troubleOf(source({ label: 'Helpdesk' }).list(cursor));
    expect([trouble, message]).toEqual(['permission', 'The account has no label Helpdesk']);
  });

  test('many messages come with the moment that Gmail took each, and those that are gone as that', async () => {
    const gmail = source();
    const at = new Date('2026-03-03T09:00:00Z');
    const [kept, gone] = [server.mailbox.deliver(MAIL, ['INBOX'], at.getTime()), server.mailbox.deliver(MAIL)];
    server.mailbox.delete(gone);
    const came: object[] = [];
    for await (const fetched of gmail.fetchMany?.([kept, gone], 1000) ?? []) {
      if (!('raw' in fetched)) came.push(fetched);
      else came.push({ bytes: (await buffer(fetched.raw as Readable)).toString(), at: whenReceived(fetched) });
    }
    expect(came).toEqual([
      { bytes: MAIL, at },
      { key: gone, gone: expect.stringContaining('404') },
    ]);
  });

  test('closing ends what is under way, and the source can be used again', async () => {
    const gmail = source();
    server.fail({ on: 'getProfile', how: 'hang' });
    const hanging = troubleOf(gmail.list({}));
    await eventually('it is asked', () => server.asked.length > 0);
    await gmail.close?.();
    expect((await hanging).trouble).toBe('unreachable');
    clock = new Date(clock.getTime() + 120_000);
    expect((await gmail.list({})).keys).toEqual([]);
  });

  test('a done label that somebody deleted is made again', async () => {
    const gmail = source({ doneLabel: 'Done' });
    const id = server.mailbox.deliver(MAIL);
    await gmail.acknowledge([id]);
    const [made = ''] = [...server.mailbox.labels].find(([, name]) => name === 'Done') ?? [];
    server.mailbox.labels.delete(made);
    await expect(gmail.acknowledge([id])).rejects.toThrow(/Invalid label/);
    await gmail.acknowledge([id]);
    expect([...server.mailbox.labels.values()].filter((name) => name === 'Done')).toHaveLength(1);
  });

  test('M38: when the second page fails, nothing is given and the next turn starts over', async () => {
    const gmail = source();
    const { cursor } = await gmail.list({});
    for (let n = 0; n < 600; n++) server.mailbox.deliver(MAIL);
    server.fail({ on: 'history.list', times: 0 });
    const failSecond = () => {
      if (operations().filter((name) => name === 'history.list').length === 1)
        server.fail({ on: 'history.list', status: 500 });
      return Promise.resolve();
    };
    const failing = source({ spend: failSecond });
    await troubleOf(failing.list(cursor));
    expect((await gmail.list(cursor)).keys).toHaveLength(600);
  });

  test('M37: mail that a person reads, archives or throws away before we look is taken all the same', async () => {
    const gmail = source();
    const { cursor } = await gmail.list({});
    const [read, archived, binned] = [1, 2, 3].map(() => server.mailbox.deliver(MAIL));
    server.mailbox.label(read ?? '', [], ['UNREAD']);
    server.mailbox.label(archived ?? '', [], ['INBOX']);
    server.mailbox.label(binned ?? '', ['TRASH'], ['INBOX']);
    expect((await gmail.list(cursor)).keys.toSorted()).toEqual([read, archived, binned].toSorted());
  });

  test('mail that a filter or a person puts into the inbox later is taken then', async () => {
    const gmail = source();
    const { cursor } = await gmail.list({});
    const id = server.mailbox.deliver(MAIL, ['SPAM']);
    const between = await gmail.list(cursor);
    expect(between.keys).toEqual([]);
    server.mailbox.label(id, ['INBOX'], ['SPAM']);
    expect((await gmail.list(between.cursor)).keys).toEqual([id]);
  });

  test('a message is fetched byte for byte, whatever its bytes and its size', async () => {
    const raws = [
      Buffer.from(MAIL),
      Buffer.from([0, 255, 10, 13, 34, 92]),
      Buffer.alloc(0),
      Buffer.alloc(3_000_001, 'ä'),
    ];
    const gmail = source();
    for (const raw of raws) {
      const stream = await gmail.fetch(server.mailbox.deliver(raw));
      expect(stream && (await buffer(stream)).equals(raw)).toBe(true);
    }
  });

  test('M34: a message that was deleted is gone with proof; nothing else is', async () => {
    const gmail = source();
    const id = server.mailbox.deliver(MAIL);
    server.mailbox.delete(id);
    expect(await gmail.fetch(id)).toBeNull();
    server.fail({ on: 'messages.get', status: 404, reason: 'notFound' });
    server.fail({ on: 'messages.get', status: 403, reason: 'forbidden' });
    await gmail.fetch(id);
    expect((await troubleOf(gmail.fetch(id))).trouble).toBe('permission');
  });

  test.each<[string, Fault]>([
    ['cut off before the first byte', { how: 'cut', after: 0 }],
    ['cut off after the first byte', { how: 'cut', after: 1 }],
    ['cut off in the middle', { how: 'cut' }],
    ['cut off before the last byte', { how: 'cut', after: -1 }],
    ['no more than half, and then silence', { how: 'stall' }],
    ['no base64', { how: 'garbage' }],
    ['no bytes at all', { how: 'nil' }],
    ['those of another message', { how: 'stranger' }],
  ])('M39: bytes that are %s are a failure, never a message', async (_, fault) => {
    const gmail = source({ timeout: 2000 });
    const id = server.mailbox.deliver(Buffer.alloc(200_000, 'a'));
    const take = async () => {
      for await (const fetched of gmail.fetchMany?.([id], 1_000_000) ?? [])
        if ('raw' in fetched) return (await buffer(fetched.raw as Readable)).length;
      throw new Error('Not given');
    };
    server.fail({ on: 'messages.get', ...fault });
    await expect(take()).rejects.toThrow();
    clock = new Date(clock.getTime() + 120_000);
    expect(await take()).toBe(200_000);
  });

  test.each<[string, Fault]>([
    ['429', { status: 429, reason: 'rateLimitExceeded' }],
    ['403 rateLimitExceeded', { status: 403, reason: 'rateLimitExceeded' }],
    ['403 userRateLimitExceeded', { status: 403, reason: 'userRateLimitExceeded' }],
    ['500', { status: 500 }],
    ['503', { status: 503 }],
  ])('M39: after %s it waits before it asks again, up to 64 s, and goes on by itself', async (_, fault) => {
    const gmail = source({ random: () => 1 });
    const waits: number[] = [];
    for (let n = 0; n < 9; n++) {
      server.fail({ on: 'getProfile', ...fault });
      const { until, trouble } = await troubleOf(gmail.list({}));
      expect(trouble).toBe('unreachable');
      const asked = server.asked.length;
      await troubleOf(gmail.list({})); // not before
      expect(server.asked).toHaveLength(asked);
      waits.push((until?.getTime() ?? 0) - clock.getTime());
      clock = new Date((until?.getTime() ?? 0) + 1);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 64_000, 64_000]);
    expect((await gmail.list({})).keys).toEqual([]);
  });

  test('M39: Retry-After is kept', async () => {
    const gmail = source();
    server.fail({ on: 'getProfile', status: 429, reason: 'rateLimitExceeded', headers: { 'retry-after': '120' } });
    const { until } = await troubleOf(gmail.list({}));
    expect(until?.getTime()).toBe(clock.getTime() + 120_000);
  });

  test('a spent day waits until the day ends in California', async () => {
    clock = new Date('2026-11-20T10:00:00Z');
    server.fail({ on: 'getProfile', status: 403, reason: 'dailyLimitExceeded' });
    const { trouble, until } = await troubleOf(source().list({}));
    expect([trouble, until?.toISOString()]).toEqual(['quota', '2026-11-21T08:00:00.000Z']);
  });

  test('M40: consent that ended is said as that, and works again when it was renewed', async () => {
    const gmail = source();
    const { cursor } = await gmail.list({});
    server.oauth.refreshTokens.clear();
    server.oauth.accessTokens.clear();
    const { trouble, message } = await troubleOf(gmail.list(cursor));
    expect(trouble).toBe('auth');
    expect(message).toMatch(/connect the mailbox again/);
    const ids = Array.from({ length: 14 }, () => server.mailbox.deliver(MAIL));
    server.mailbox.forgetHistory(); // eight days later
    expect((await source().list(cursor)).keys.toSorted()).toEqual(ids.toSorted());
  });

  test('an access token that Google does not take any more is refreshed once', async () => {
    const gmail = source();
    const { cursor } = await gmail.list({});
    server.oauth.accessTokens.clear();
    expect((await gmail.list(cursor)).keys).toEqual([]);
  });

  test('a refresh token that Google replaces is told, to be stored', async () => {
    server.oauth.rotate = true;
    const told: string[] = [];
    await source({ told }).list({});
    expect(told).toEqual([...server.oauth.refreshTokens.keys()]);
  });

  test('applied mail gets a label, which is made when it is missing', async () => {
    const gmail = source({ doneLabel: 'SmartSupport/Done' });
    const ids = [server.mailbox.deliver(MAIL), server.mailbox.deliver(MAIL)];
    await gmail.acknowledge(ids);
    await gmail.acknowledge(ids);
    const made = [...server.mailbox.labels].find(([, name]) => name === 'SmartSupport/Done')?.[0];
    for (const id of ids) expect(server.mailbox.messages.get(id)?.labelIds).toEqual(['INBOX', 'UNREAD', made]);
  });

  test('gmail.readonly suffices for reading, and a label with it is said to lack the scope', async () => {
    const id = server.mailbox.deliver(MAIL);
    const scopes = [GMAIL_SCOPES.readonly];
    expect((await source({ scopes }).list({})).keys).toEqual([id]);
    await source({ scopes }).acknowledge([id]);
    const { trouble, message } = await troubleOf(source({ scopes, doneLabel: 'Done' }).acknowledge([id]));
    expect([trouble, message]).toEqual(['permission', expect.stringMatching(/gmail\.modify/)]);
  });

  test('a service account reads the mailbox it may act for, and no other', async () => {
    const { email, privateKey } = server.oauth.serviceAccount;
    const delegate = (subject: string) => {
      const auth = gmailAuth({ kind: 'service-account', email, privateKey, subject }, { apiUrl: server.url });
      return gmailSource({ auth, apiUrl: server.url, now: () => clock });
    };
    server.oauth.delegated.set('support@desk.example', [GMAIL_SCOPES.modify]);
    const id = server.mailbox.deliver(MAIL);
    expect((await delegate('support@desk.example').list({})).keys).toEqual([id]);
    expect((await troubleOf(delegate('boss@desk.example').list({}))).trouble).toBe('auth');
  });

  test('a server that never answers is given up', async () => {
    const gmail = source({ timeout: 200 });
    server.fail({ on: 'getProfile', how: 'hang' });
    expect((await troubleOf(gmail.list({}))).trouble).toBe('unreachable');
  });

  test('watch asks for its label only and tells when it ends', async () => {
    const ends = (await source({ topic: 'projects/desk/topics/mail' }).pushNews?.()) ?? new Date(0);
    expect(ends.getTime()).toBeGreaterThan(Date.now() + 6 * 24 * 3600_000);
  });
});
