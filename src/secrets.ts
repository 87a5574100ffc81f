import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from './errors.ts';

/** Keys by their one-character id, the current one named; retired ones stay, so that old tokens keep working. */
export interface Keyring {
  current: string;
  keys: ReadonlyMap<string, Buffer>;
}

/** One keyring per purpose, derived by HKDF (RFC 5869), so that no key serves two. */
export interface Secrets {
  replyTokens: Keyring;
  accessTokens: Keyring;
  frames: Keyring;
  /** Sign the links by which people without an account open a ticket. */
  statusLinks: Keyring;
  /** Seals what is stored encrypted: mailbox passwords, second factors. */
  sealing: Keyring;
  /** Derives each refresh token from the one before. */
  refresh: Buffer;
  /** Derives the tokens of links sent by mail. */
  links: Buffer;
  /** Makes fingerprints of addresses, for counters and the audit log. */
  fingerprint: Buffer;
}

/** Derives all keys from SECRET_KEYS (`kid:base64,…`, the current one first). */
export function deriveSecrets(secretKeys: string): Secrets {
  const masters = secretKeys.split(',').map((entry) => {
    const [kid = '', secret = ''] = entry.split(':');
    return [kid, Buffer.from(secret, 'base64')] as const;
  });
  const keyring = (purpose: string): Keyring => ({
    current: masters[0]?.[0] ?? '',
    keys: new Map(masters.map(([kid, master]) => [kid, Buffer.from(hkdfSync('sha256', master, '', purpose, 32))])),
  });
  return {
    replyTokens: keyring('reply-token'),
    accessTokens: keyring('access-token'),
    frames: keyring('frame'),
    statusLinks: keyring('status-link'),
    sealing: keyring('sealing'),
    refresh: Buffer.from(hkdfSync('sha256', masters[0]?.[1] ?? '', '', 'refresh', 32)),
    links: Buffer.from(hkdfSync('sha256', masters[0]?.[1] ?? '', '', 'links', 32)),
    fingerprint: Buffer.from(hkdfSync('sha256', masters[0]?.[1] ?? '', '', 'fingerprint', 32)),
  };
}

/** What tells one mail or network address from another without saying which: 128 bits that nobody can try out without the key. */
export function fingerprint(key: Buffer, address: string): string {
  return createHmac('sha256', key).update(address).digest().subarray(0, 16).toString('base64url');
}

/** Local mode: the secret of this data folder, made at the first start (mode 0600). */
export async function localSecretKeys(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret-keys');
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known) return known.trim();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const made = `a:${randomBytes(32).toString('base64')}`;
  await writeFile(`${path}.new`, made, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return made;
}

const GCM_IV = 12;
const GCM_TAG = 16;

/** Encrypts a short secret by AES-256-GCM: `kid.base64url`. `place` (table and row) is bound to it: moved elsewhere it does not open. */
export function seal(keyring: Keyring, plain: string, place: string): string {
  const sealed = sealBytes(keyring, Buffer.from(plain), place);
  return `${keyring.current}.${sealed.subarray(1).toString('base64url')}`;
}

/** The same of bytes; the first one names the key. */
export function sealBytes(keyring: Keyring, plain: Buffer, place: string): Buffer {
  const key = keyring.keys.get(keyring.current);
  assert(key, 'the current key is in the ring');
  const iv = randomBytes(GCM_IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
  return Buffer.concat([Buffer.from(keyring.current), iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed at this place. Throws when it was tampered with, moved, or its key is gone. */
export function unseal(keyring: Keyring, sealed: string, place: string): string {
  const [kid = '', text = ''] = sealed.split('.');
  return unsealBytes(keyring, Buffer.concat([Buffer.from(kid), Buffer.from(text, 'base64url')]), place).toString(
    'utf8',
  );
}

/** The same of bytes. */
export function unsealBytes(keyring: Keyring, sealed: Buffer, place: string): Buffer {
  const kid = sealed.subarray(0, 1).toString();
  const key = keyring.keys.get(kid);
  if (!key) throw new Error(`The key "${kid}" that sealed a secret is not in SECRET_KEYS any more`);
  const bytes = sealed.subarray(1);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, GCM_IV))
    .setAAD(Buffer.from(place))
    .setAuthTag(bytes.subarray(-GCM_TAG));
  return Buffer.concat([decipher.update(bytes.subarray(GCM_IV, -GCM_TAG)), decipher.final()]);
}
