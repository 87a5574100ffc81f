import { silent } from '../../src/log.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';

/** Starts the embedded PostgreSQL on the folder in argv, prints it as JSON, and stops it when stdin ends. */
const [, , dir = '', fsync] = process.argv;
try {
  const postgres = await startEmbeddedPostgres({ dir, log: silent, fsync: fsync === 'fsync' });
  process.stdout.write(`${JSON.stringify(postgres)}\n`);
  process.stdin.resume().on('end', () => void postgres.stop().then(() => process.stdout.write('stopped\n')));
} catch (error) {
  process.stdout.write(`${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`);
  process.exitCode = 1;
}
