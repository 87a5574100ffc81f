import { generateKeyPairSync } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GMAIL_SCOPES } from '../../../src/mail/sources/gmail-auth.ts';
import { finishConsent, startConsent, type ConsentClient } from '../../../src/mail/sources/gmail-consent.ts';
import { readPush } from '../../../src/mail/sources/gmail-push.ts';
import { startGmailServer, type GmailServer } from '../../support/gmail/gmail-server.ts';

let server: GmailServer;
let client: ConsentClient;
beforeAll(async () => {
  server = await startGmailServer();
  const { id: clientId, secret: clientSecret } = server.oauth.client;
  client = { clientId, clientSecret, redirectUri: 'https://help.desk.example/google', apiUrl: server.url };
});
afterAll(() => server?.stop());

const start = (readonly = false) => startConsent(client, { state: 'abc', address: 'support@desk.example', readonly });

describe("a mailbox owner's consent", () => {
  test.each([
    [false, GMAIL_SCOPES.modify],
    [true, GMAIL_SCOPES.readonly],
  ])('gives lasting access and no more than was asked for (readonly: %s)', async (readonly, scope) => {
    const { url, verifier } = await start(readonly);
    const page = new URL(url);
    expect(page.origin).toBe('https://accounts.google.com');
    expect(page.searchParams.get('state')).toBe('abc');
    const code = server.oauth.consent(page, 'support@desk.example');
    const consent = await finishConsent(client, { code, verifier });
    expect(consent).toMatchObject({ address: 'support@desk.example', scopes: [scope] });
    expect(server.oauth.refreshTokens.has(consent.refreshToken)).toBe(true);
  });

  test('is worth nothing to whoever stole the code, and the code works once', async () => {
    const mine = await start();
    const code = server.oauth.consent(new URL(mine.url), 'support@desk.example');
    const { verifier } = await start();
    await expect(finishConsent(client, { code, verifier })).rejects.toMatchObject({ code: 'gone' });
    await expect(finishConsent(client, { code, verifier: mine.verifier })).rejects.toMatchObject({ code: 'gone' });
  });

  test('without the box for mail is refused with what to do', async () => {
    const { url, verifier } = await start();
    const page = new URL(url);
    page.searchParams.set('scope', 'openid');
    const code = server.oauth.consent(page, 'support@desk.example');
    await expect(finishConsent(client, { code, verifier })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a push of Pub/Sub', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const audience = 'https://help.desk.example/api/inbound/gmail';
  const email = 'push@project.iam.gserviceaccount.com';
  const certificates = { k1: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
  const rules = { audience, email, certificates };
  const data = (value: object | string) => ({
    message: { data: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64') },
  });
  const about = data({ emailAddress: 'Support@desk.example', historyId: 7 });

  function token(claims: object = {}, key = privateKey): string {
    const now = Math.floor(Date.now() / 1000);
    const good = {
      iss: 'https://accounts.google.com',
      aud: audience,
      sub: '1',
      email,
      email_verified: true,
      iat: now,
      exp: now + 600,
    };
    return `Bearer ${jsonwebtoken.sign({ ...good, ...claims }, key, { algorithm: 'RS256', keyid: 'k1' })}`;
  }

  test('of our subscription names its mailbox', async () => {
    expect(await readPush(token(), about, rules)).toBe('support@desk.example');
  });

  test.each<[string, string, object]>([
    ['no token', '', about],
    ['a token for somebody else', token({ aud: 'https://other.example' }), about],
    ['a token of another issuer', token({ iss: 'https://evil.example' }), about],
    ['a token of another account', token({ email: 'evil@project.iam.gserviceaccount.com' }), about],
    ['an address that Google has not verified', token({ email_verified: false }), about],
    ['an expired token', token({ iat: 1, exp: 2 }), about],
    ['a token signed by somebody else', token({}, other.privateKey), about],
    ['no message', token(), {}],
    ['data that is no JSON', token(), data('{')],
    ['data without an address', token(), data({ historyId: 7 })],
  ])('with %s names none', async (_, authorization, body) => {
    expect(await readPush(authorization, body, rules)).toBeNull();
  });
});
