import { Client } from 'pg';

/** What an attempt to connect came to: a client, or why not. */
export type Answer = { client: Client } | { client: null; refused: 'not-yet' | 'password' };

/** Connects to the server on 127.0.0.1 as superuser. Anything but "not yet" and "wrong password" is thrown. */
export async function tryToConnect(port: number, password: string): Promise<Answer> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    application_name: 'smartsupport embedded',
    connectionTimeoutMillis: 5_000,
    // Said aloud, or PGSSLMODE and PGOPTIONS of whoever started us would rule.
    ssl: false,
    options: '-c statement_timeout=0',
  });
  // A server that stops may drop the connection at any time; whoever awaits a query is told by that query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return { client };
  } catch (error) {
    await client.end().catch(() => undefined);
    const code = (error as { code?: string }).code;
    if (code === '28P01' || code === '28000') return { client: null, refused: 'password' };
    if (code === undefined || NOT_YET.has(code)) return { client: null, refused: 'not-yet' };
    throw error;
  }
}

/** 57P03: starting up or shutting down; 53300: all connections are taken. No code: dropped in the middle. */
const NOT_YET = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P03', '57P01', '53300']);
