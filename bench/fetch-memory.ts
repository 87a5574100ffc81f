import { readFile } from 'node:fs/promises';
import { largeMail } from '../test/faults/mails.ts';
import type { Dovecot } from '../test/support/dovecot.ts';
import { eventually } from '../test/support/processes.ts';
import { launchDesk } from '../test/support/running-desk.ts';
import pg from 'pg';

const MESSAGES = 10;
const BYTES = 50_000_000;
const USER = 'large';

/** Bytes that a worker has at most over what it has idle, while it fetches ten messages of 50 MB. Linux only: the kernel knows the peak. */
export async function fetchMemory(dovecot: Dovecot, databaseUrl: string, dataDir: string): Promise<number> {
  const worker = launchDesk(
    {
      ...{
        DATABASE_URL: databaseUrl,
        DATA_DIR: dataDir,
        PUBLIC_URL: 'http://localhost:1',
        SMTP_URL: 'smtp://127.0.0.1:1',
      },
      ...{ SECRET_KEYS: `a:${Buffer.alloc(32, 1).toString('base64')}`, SUPPORT_ADDRESS: 'large@desk.example' },
      ...{ IMAP_URL: dovecot.url(USER), SMTP_DROP_PORT: '0', LOG_LEVEL: 'error', MAX_MESSAGE_BYTES: '52000000' },
    },
    ['worker'],
  );
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const holds = async (sql: string) => (await client.query(sql)).rowCount;
  try {
    await worker.running();
    const looked = `select 1 from mailbox where address = 'large@desk.example' and last_polled_at is not null`;
    await eventually('a first look', () => holds(looked), 60_000);
    const idle = await memory(worker.process.pid ?? 0, 'VmRSS');
    for (let n = 0; n < MESSAGES; n++)
      await dovecot.deliver(USER, largeMail({ id: `large${n}`, subject: `Large ${n}`, bytes: BYTES }));
    const kept = `select 1 from inbound_message where raw_size > ${BYTES - 1_000_000}`;
    await eventually('all are kept', async () => (await holds(kept)) === MESSAGES, 600_000);
    return (await memory(worker.process.pid ?? 0, 'VmHWM')) - idle;
  } finally {
    worker.process.kill('SIGKILL');
    await worker.ended;
    await client.end();
  }
}

/** proc_pid_status(5) */
async function memory(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}
