import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDesk, type Desk } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { silent } from '../src/log.ts';
import type { MailTransport } from '../src/mail/transports/transport.ts';

export interface BenchDesk {
  desk: Desk;
  databaseUrl: string;
  stop(): Promise<void>;
}

/** A whole desk in a temporary folder, on a PostgreSQL with fsync on: what is measured is what a user has. */
export async function startBenchDesk(
  transport: MailTransport | null = null,
  env: Record<string, string> = {},
): Promise<BenchDesk> {
  const dir = await mkdtemp(join(tmpdir(), 'smartsupport-bench-'));
  const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: silent });
  await migrate(postgres.ownerUrl, postgres.appUrl);
  const config = readConfig({ DATA_DIR: dir, LOG_LEVEL: 'silent', RATE_LIMIT_FACTOR: '1000', ...env });
  const secretKeys = `a:${Buffer.alloc(32, 1).toString('base64')}`;
  const desk = await openDesk({
    config,
    databaseUrl: postgres.appUrl,
    secretKeys,
    publicUrl: 'http://localhost:8080',
    log: silent,
    transport,
  });
  return {
    desk,
    databaseUrl: postgres.appUrl,
    async stop() {
      await desk.close();
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
