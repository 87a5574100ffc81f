import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addAuthenticator, type Authenticator, type Credential } from '../support/authenticator.ts';
import { useBrowser } from '../support/browser.ts';
import { client, type Answer, type Client } from '../support/client.ts';
import { useRunningDesk } from '../support/running-desk.ts';

const desk = useRunningDesk();
const browser = useBrowser();
type Role = 'employee' | 'coordinator' | 'admin';

/** A browser with a device on the portal's sign-in page. */
async function device(): Promise<{ page: Page; device: Authenticator }> {
  const page = await browser().open();
  await page.goto(`${desk().url}/sign-in`);
  return { page, device: await addAuthenticator(page) };
}
const anyone = () => client(desk().url);
const details = ({ body }: Answer) => body['details'] as { challenge: string; methods: string[] };

async function addPasskey(as: Client, to: Authenticator, name: string): Promise<Answer> {
  const { challenge, options } = (await as.post('/api/passkeys/options')).body;
  return as.post('/api/passkeys', { challenge, name, credential: await to.create(options) });
}

/** The password, and then what the device answers. */
async function signInWith(given: Authenticator, role: Role): Promise<Answer> {
  const { challenge } = details(await anyone().post('/api/token/employee', desk().accounts[role]));
  const { passkey } = (await anyone().post('/api/token/second-factor/options', { challenge })).body;
  return anyone().post('/api/token/second-factor', { challenge, passkey: await given.get(passkey) });
}

/** No address, no password: what the device answers. */
async function signInBy(given: Authenticator): Promise<Answer> {
  const { challenge, options } = (await anyone().post('/api/token/passkey/options')).body;
  return anyone().post('/api/token/passkey', { challenge, passkey: await given.get(options) });
}

/** The accounts are three, and the tests more. */
async function removeAll(as: Client): Promise<void> {
  const { passkeys } = (await as.get('/api/second-factors')).body as { passkeys: { id: number }[] };
  for (const { id } of passkeys) expect((await as.send('DELETE', `/api/passkeys/${id}`)).status).toBe(200);
}

const refused = { status: 401, body: { code: 'invalid_credentials' } };

test('a passkey made in Chromium is the second factor after the password; renamed, listed, and with its removal gone', async () => {
  const as = await desk().as('admin');
  const { device: mine } = await device();
  const added = await addPasskey(as, mine, 'This laptop');
  expect(added).toMatchObject({ status: 201, body: { name: 'This laptop', backed_up: false, last_used_at: null } });
  expect(added.body['recovery_codes']).toHaveLength(10);
  expect(await mine.kept()).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }]);

  const asked = await anyone().post('/api/token/admin', desk().accounts.admin);
  expect(asked).toMatchObject({ status: 401, body: { code: 'second_factor_required' } });
  expect(details(asked).methods).toEqual(['passkey', 'recovery_code']);
  const signedIn = await signInWith(mine, 'admin');
  expect(signedIn).toMatchObject({ status: 200, body: { role: 'admin' } });

  const again = client(desk().url, String(signedIn.body['access']));
  const path = `/api/passkeys/${String(added.body['id'])}`;
  expect((await again.send('PATCH', path, { name: 'The old laptop' })).body).toMatchObject({ name: 'The old laptop' });
  expect((await again.get('/api/second-factors')).body).toMatchObject({
    passkeys: [{ name: 'The old laptop', last_used_at: expect.any(String) }],
  });
  const other = await desk().as('employee');
  expect((await other.send('PATCH', path, { name: 'Mine' })).status).toBe(404);
  expect((await other.send('DELETE', path)).status).toBe(404);

  // A device that has one is not given a second one (excludeCredentials).
  const { options } = (await again.post('/api/passkeys/options')).body;
  expect(await mine.create(options)).toBe('InvalidStateError');

  expect((await again.send('DELETE', path)).status).toBe(200);
  expect((await anyone().post('/api/token/admin', desk().accounts.admin)).status).toBe(200);
  expect(await signInBy(mine)).toMatchObject(refused);
});

test('a passkey alone signs in, without address and password, once the device has verified its owner', async () => {
  const as = await desk().as('coordinator');
  const { device: mine } = await device();
  await addPasskey(as, mine, 'Phone');
  const signedIn = await signInBy(mine);
  expect(signedIn).toMatchObject({ status: 200, body: { role: 'coordinator', enrolment_required: false } });
  expect((await client(desk().url, String(signedIn.body['access'])).get('/api/tickets')).status).toBe(200);

  // The browser asks for the verification; an answer that lacks it is not believed.
  await mine.verifiesOwner(false);
  expect(await mine.get((await anyone().post('/api/token/passkey/options')).body['options'])).toBe('NotAllowedError');
  await mine.verifiesOwner(true);
  await mine.lie({ isBadUV: true });
  expect(await signInBy(mine)).toMatchObject(refused);
  // After the password it is the second factor, and having the device is enough.
  expect((await signInWith(mine, 'coordinator')).status).toBe(200);
  await mine.lie({});
  expect((await signInBy(mine)).status).toBe(200);
  await removeAll(as);
});

test('a passkey is refused with a bogus signature, a replayed answer, a foreign origin, somebody else, and a counter that went back', async () => {
  const as = await desk().as('employee');
  const { page, device: mine } = await device();
  await addPasskey(as, mine, 'Security key');

  await mine.lie({ isBogusSignature: true });
  expect(await signInWith(mine, 'employee')).toMatchObject(refused);
  await mine.lie({ isBadUP: true });
  expect(await signInWith(mine, 'employee')).toMatchObject(refused);
  await mine.lie({});

  // An answer is good for its own question, once.
  const question = async () => details(await anyone().post('/api/token/employee', desk().accounts.employee)).challenge;
  const [challenge, other] = [await question(), await question()];
  const { passkey: options } = (await anyone().post('/api/token/second-factor/options', { challenge })).body;
  const answer = (await mine.get(options)) as Credential;
  const give = (to: string, passkey: object) => anyone().post('/api/token/second-factor', { challenge: to, passkey });
  expect(await give(other, answer)).toMatchObject(refused);
  expect((await give(challenge, answer)).status).toBe(200);
  expect((await give(challenge, answer)).status).toBe(410);
  expect(await give(other, answer)).toMatchObject(refused);

  // Another site on the same host may ask the device, but not with our name on it.
  await page.route('http://localhost:4/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: 'A foreign page' }),
  );
  await page.goto('http://localhost:4/');
  expect(await signInWith(mine, 'employee')).toMatchObject(refused);
  await page.goto(`${desk().url}/sign-in`);
  expect((await signInWith(mine, 'employee')).status).toBe(200);

  // The passkey of somebody else does not answer my question.
  const { device: theirs } = await device();
  const stranger = await desk().as('admin');
  await addPasskey(stranger, theirs, 'Theirs');
  const mineAgain = await question();
  const { passkey } = (await anyone().post('/api/token/second-factor/options', { challenge: mineAgain })).body;
  const { allowCredentials: _, ...anyOf } = passkey as Record<string, unknown>;
  expect(await give(mineAgain, (await theirs.get(anyOf)) as Credential)).toMatchObject(refused);

  // Of a copied device one is found out: its counter is behind (WebAuthn §6.1.1).
  const [kept] = await mine.kept();
  expect(kept!.signCount).toBeGreaterThan(2);
  await mine.copyOf(kept!, 1);
  expect(await signInWith(mine, 'employee')).toMatchObject(refused);
  await mine.copyOf(kept!, kept!.signCount + 1);
  expect((await signInWith(mine, 'employee')).status).toBe(200);
  await removeAll(stranger);
  await removeAll(as);
});

test('a new passkey answers the question that was put to this person, on this site, once', async () => {
  const { device: fresh, page } = await device();
  const [as, other] = [await desk().as('coordinator'), await desk().as('employee')];
  const add = (challenge: unknown, credential: unknown) =>
    as.post('/api/passkeys', { challenge, name: 'New', credential });

  const first = (await as.post('/api/passkeys/options')).body;
  const made = (await fresh.create(first['options'])) as Credential;
  const second = (await as.post('/api/passkeys/options')).body;
  expect(await add(second['challenge'], made)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  const { challenge: theirs } = (await other.post('/api/passkeys/options')).body;
  expect(await add(theirs, made)).toMatchObject({ status: 410, body: { code: 'gone' } });

  await page.route('http://localhost:4/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: 'A foreign page' }),
  );
  await page.goto('http://localhost:4/');
  const phished = await fresh.create({ ...(second['options'] as object), excludeCredentials: [] });
  expect(await add(second['challenge'], phished)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });

  expect((await add(first['challenge'], made)).status).toBe(201);
  expect((await add(first['challenge'], made)).status).toBe(410);
  await removeAll(as);
});
