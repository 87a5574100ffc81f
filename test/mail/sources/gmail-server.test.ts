import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGmailServer, type GmailServer } from '../../support/gmail/gmail-server.ts';
import { RULES, SCOPES } from '../../support/gmail/rules.ts';

/** The Gmail server of the tests refuses what Google refuses: a test that passes with it says something. */
let server: GmailServer;
let tokens: Record<'modify' | 'readonly' | 'send', string>;
beforeAll(async () => {
  server = await startGmailServer();
  tokens = {
    modify: await tokenFor(SCOPES.modify),
    readonly: await tokenFor(SCOPES.readonly),
    send: await tokenFor(SCOPES.send),
  };
});
afterAll(() => server?.stop());

async function tokenFor(scope: string): Promise<string> {
  const { id, secret } = server.oauth.client;
  const refresh_token = server.oauth.grant('support@desk.example', [scope]);
  const form = { grant_type: 'refresh_token', client_id: id, client_secret: secret, refresh_token };
  const answer = await fetch(`${server.url}/token`, { method: 'POST', body: new URLSearchParams(form) });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const ask = (
  path: string,
  { token = tokens.modify, method = 'GET', body }: { token?: string; method?: string; body?: object } = {},
) =>
  fetch(`${server.url}/gmail/v1/users/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const reasonOf = async (response: Response) =>
  ((await response.json()) as { error: { errors: { reason: string }[] } }).error.errors[0]?.reason;

test.each<[what: string, path: string, options: Parameters<typeof ask>[1], status: number, reason: string]>([
  ['no token', 'me/profile', { token: '' }, 401, 'authError'],
  ['somebody else', 'boss@desk.example/profile', {}, 403, 'forbidden'],
  ['an operation that does not exist', 'me/mails', {}, 404, 'notFound'],
  ['an unknown parameter', 'me/messages?label=INBOX', {}, 400, 'invalidArgument'],
  ['a repeated parameter', 'me/messages?q=newer_than:1d&q=newer_than:2d', {}, 400, 'invalidArgument'],
  ['a search it does not know', 'me/messages?q=from:boss', {}, 400, 'invalidArgument'],
  ['a page of no messages', 'me/messages?maxResults=0', {}, 400, 'invalidArgument'],
  [
    'a message to nobody',
    '../../../upload/gmail/v1/users/me/messages/send?uploadType=media',
    { method: 'POST', body: {} },
    400,
    'invalidArgument',
  ],
  [
    'an upload of another kind',
    '../../../upload/gmail/v1/users/me/messages/send?uploadType=resumable',
    { method: 'POST' },
    400,
    'invalidArgument',
  ],
  ['a strange format', 'me/messages/1?format=RAWEST', {}, 400, 'invalidArgument'],
  ['history without a start', 'me/history', {}, 400, 'invalidArgument'],
  ['history of the future', 'me/history?startHistoryId=99999999', {}, 404, 'notFound'],
  ['history of long ago', 'me/history?startHistoryId=1', {}, 404, 'notFound'],
  ['a page token of another start', 'me/history?startHistoryId=START&pageToken=1:500', {}, 400, 'invalidArgument'],
  ['a strange kind of history', 'me/history?startHistoryId=START&historyTypes=opened', {}, 400, 'invalidArgument'],
  ['an unknown message', 'me/messages/0?format=raw', {}, 404, 'notFound'],
  ['an unknown field', 'me/messages/batchModify', { method: 'POST', body: { id: ['1'] } }, 400, 'invalidArgument'],
  [
    'an unknown label',
    'me/messages/batchModify',
    { method: 'POST', body: { ids: [], addLabelIds: ['X'] } },
    400,
    'invalidArgument',
  ],
  ['a label that exists', 'me/labels', { method: 'POST', body: { name: 'INBOX' } }, 409, 'aborted'],
  [
    '1,001 messages at once',
    'me/messages/batchModify',
    { method: 'POST', body: { ids: Array(1001).fill('1') } },
    400,
    'invalidArgument',
  ],
])('%s is refused', async (_, path, options, status, reason) => {
  server.mailbox.forgotten = 2;
  const response = await ask(path.replace('START', String(server.mailbox.historyId)), options);
  expect(response.status).toBe(status);
  expect(await reasonOf(response)).toBe(reason);
});

test.each(RULES.map((rule) => [rule.name, rule] as const))('%s needs a scope that allows it', async (_, rule) => {
  const query = (rule.required ?? []).map((name) => `${name}=1`).join('&');
  const base = rule.upload === undefined ? '' : '../../../upload/gmail/v1/users/';
  const path = `${base}me${rule.path.replace(':id', '1')}?${query}`;
  const body = (rule.body || rule.upload !== undefined) && { body: {} };
  for (const scope of ['modify', 'readonly', 'send'] as const) {
    const answer = await ask(path, { token: tokens[scope], method: rule.method, ...body });
    const refused = !rule.scopes.includes(SCOPES[scope]);
    expect([scope, answer.status === 403 && (await reasonOf(answer)) === 'insufficientPermissions']).toEqual([
      scope,
      refused,
    ]);
  }
});

test('a spent quota is refused with 429', async () => {
  const busy = await startGmailServer();
  busy.quota = 41;
  const { id, secret } = busy.oauth.client;
  const form = {
    grant_type: 'refresh_token',
    client_id: id,
    client_secret: secret,
    refresh_token: busy.oauth.grant('support@desk.example'),
  };
  const answer = await fetch(`${busy.url}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token } = (await answer.json()) as { access_token: string };
  const message = busy.mailbox.deliver('Subject: x\n\n');
  const get = () =>
    fetch(`${busy.url}/gmail/v1/users/me/messages/${message}?format=raw`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
  expect([(await get()).status, (await get()).status, (await get()).status]).toEqual([200, 200, 429]);
  await busy.stop();
});

test.each<[what: string, form: Record<string, string>, error: string]>([
  ['an unknown client', { client_id: 'x' }, 'invalid_client'],
  ['a wrong secret', { client_secret: 'x' }, 'invalid_client'],
  ['a revoked consent', { refresh_token: 'x' }, 'invalid_grant'],
  ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['an invented code', { grant_type: 'authorization_code', code: 'x' }, 'invalid_grant'],
  [
    'an assertion of somebody else',
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x.y.z' },
    'invalid_grant',
  ],
])('the token endpoint refuses %s', async (_, change, error) => {
  const { id, secret } = server.oauth.client;
  const form = {
    grant_type: 'refresh_token',
    client_id: id,
    client_secret: secret,
    refresh_token: server.oauth.grant('a@desk.example'),
    ...change,
  };
  const answer = await fetch(`${server.url}/token`, { method: 'POST', body: new URLSearchParams(form) });
  expect([answer.ok, ((await answer.json()) as { error: string }).error]).toEqual([false, error]);
});
