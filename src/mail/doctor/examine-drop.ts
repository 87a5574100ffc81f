import { connect } from 'node:net';
import { ok, warn, type Finding } from '../sources/finding.ts';

/** Where the desk itself takes mail, by SMTP or LMTP. */
export interface Drop {
  host: string;
  port: number;
}

const PATIENCE = 5000;

/** Whether mail can be handed to the desk: its drop greets (RFC 5321 §4.2). */
export async function examineDrop(drops: readonly Drop[]): Promise<Finding[]> {
  if (drops.length === 0)
    return [
      warn(
        'drop',
        'nothing brings mail to this address',
        'Set IMAP_URL, the variables of Gmail, MAILDIR or SMTP_DROP_PORT',
      ),
    ];
  return Promise.all(
    drops.map(async ({ host, port }) => {
      const greeted = await greets(host, port);
      if (greeted) return ok('drop', `${host}:${port} takes mail`);
      return warn('drop', `nobody takes mail at ${host}:${port}`, 'Start the desk (smartsupport start, or worker)');
    }),
  );
}

function greets(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE });
    const end = (greeted: boolean) => {
      socket.destroy();
      resolve(greeted);
    };
    socket
      .once('data', (bytes) => end(bytes.toString('latin1').startsWith('220')))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
      .once('close', () => end(false));
  });
}
