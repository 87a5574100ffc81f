import type { Config } from '../config.ts';
import { examineDatabase } from '../db/examine-database.ts';
import { MINIMUM_POSTGRES } from '../db/migrate.ts';
import { examineFolder } from '../files/examine-folder.ts';
import { fail, ok, warn, type Finding } from '../mail/sources/finding.ts';

/** Bytes below which the disk is soon full. */
const LITTLE = 1_000_000_000;

/** The folder of raw messages and files: whether it can be written, and has room. */
export async function judgeFolder({ dataDir }: Pick<Config, 'dataDir'>): Promise<Finding> {
  try {
    const { free } = await examineFolder(dataDir);
    const text = `${dataDir} can be written, ${(free / 1e9).toFixed(1)} GB free`;
    if (free > LITTLE) return ok('data folder', text);
    return warn('data folder', text, 'Make room: mail is not taken any more when the disk is full');
  } catch (error) {
    const advice = 'Give the user that runs the desk write access to DATA_DIR, and see that the disk is not full';
    return fail('data folder', wordsOf(error), advice);
  }
}

/** The database: version, encoding, and whether its schema is of this version. */
export async function judgeDatabase(url: string): Promise<Finding> {
  const check = 'database';
  try {
    const { version, encoding, pending } = await examineDatabase(url);
    const text = `PostgreSQL ${version}, ${encoding}`;
    if (version < MINIMUM_POSTGRES) return fail(check, text, `Move it to PostgreSQL ${MINIMUM_POSTGRES} or newer`);
    if (encoding !== 'UTF8') return fail(check, text, `Create it with: create database … encoding 'UTF8'`);
    if (pending.length > 0)
      return fail(check, `${text}, not at this version: ${pending.join(', ')}`, 'Run smartsupport migrate');
    return ok(check, `${text}, at this version`);
  } catch (error) {
    return fail(check, wordsOf(error), 'Check DATABASE_URL: host, port, user and password, and that PostgreSQL runs');
  }
}

/** A refused connection to several addresses is an error without words of its own. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
