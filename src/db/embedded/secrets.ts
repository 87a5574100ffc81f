import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';

/** Where the server listened last and the passwords of its three roles; kept in server.json, mode 0600. */
export interface Secrets {
  port: number | null;
  admin: string;
  owner: string;
  app: string;
}

const FILE = 'server.json';

/**
 * Reads server.json, or makes new passwords when there is no cluster yet. They are on disk before initdb runs, so a
 * cluster without its passwords cannot come about by a crash.
 */
export async function loadSecrets(dir: string, data: string): Promise<Secrets> {
  const path = join(dir, FILE);
  const found = await readFile(path, 'utf8').then(parse, () => null);
  if (found !== null) return found;
  if (existsSync(data)) {
    throw new UsageError(
      `${path} is missing or damaged, and the passwords of the database beside it stood there. ` +
        `Bring it back, or move ${dir} away to start empty.`,
    );
  }
  const password = () => randomBytes(24).toString('base64url');
  const made = { port: null, admin: password(), owner: password(), app: password() };
  await saveSecrets(dir, made);
  return made;
}

/** Replaces server.json in one step. */
export async function saveSecrets(dir: string, secrets: Secrets): Promise<void> {
  const path = join(dir, FILE);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

function parse(text: string): Secrets | null {
  try {
    const { port, admin, owner, app } = JSON.parse(text) as Record<string, unknown>;
    if (typeof admin !== 'string' || typeof owner !== 'string' || typeof app !== 'string') return null;
    return { port: typeof port === 'number' ? port : null, admin, owner, app };
  } catch {
    return null;
  }
}
