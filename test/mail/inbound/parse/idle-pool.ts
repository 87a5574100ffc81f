import { silent } from '../../../../src/log.ts';
import { createParserPool } from '../../../../src/mail/inbound/parse/parser-pool.ts';

/* A process of its own with a pool that becomes idle: prints the pid of its child and ends, or stays to be killed. */
const [blobDir = '', sha256 = '', mode] = process.argv.slice(2);
const pool = createParserPool({ blobDir, size: 1, log: silent });
await pool.parse(sha256, { authenticate: false });
process.stdout.write(`${pool.pids()[0] ?? 0}\n`);
if (mode === 'stay') setInterval(() => undefined, 1000);
