import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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
  /** Derives each refresh token from the one before. */
  refresh: Buffer;
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
    refresh: Buffer.from(hkdfSync('sha256', masters[0]?.[1] ?? '', '', 'refresh', 32)),
  };
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
