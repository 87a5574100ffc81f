import { once } from 'node:events';
import { createServer } from 'node:net';

/** `wanted` when it can be listened on at 127.0.0.1 now, else any free port. Somebody may still take it before you. */
export async function freePort(wanted: number): Promise<number> {
  const probe = createServer();
  try {
    probe.listen({ host: '127.0.0.1', port: wanted, exclusive: true });
    await once(probe, 'listening');
    const address = probe.address();
    return typeof address === 'object' && address !== null ? address.port : wanted;
  } catch (error) {
    if (wanted === 0) throw error;
    return freePort(0);
  } finally {
    probe.close();
  }
}
