import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { LiveAsk, LiveTold } from '../../src/contract/live.ts';
import { LIVE_PATH } from '../../src/contract/live-path.ts';
import { eventually } from './processes.ts';

/** A browser's connection as the portal has it. */
export interface LiveClient {
  told: LiveTold[];
  ask(asked: LiveAsk | string): void;
  /** The newest answer to a watch, once there is one that fits. */
  answer<T>(id: number, fits?: (body: T) => boolean): Promise<T>;
  closed: Promise<{ code: number; reason: string }>;
  close(): void;
}

/** Opens one; rejects with the status when it is refused. `token`: signs in at once. */
export async function openLive(
  url: string,
  { token, origin }: { token?: string; origin?: string } = {},
): Promise<LiveClient> {
  const socket = new WebSocket(url.replace('http', 'ws') + LIVE_PATH, { ...(origin && { origin }) });
  const told: LiveTold[] = [];
  socket.on('message', (data: Buffer) => told.push(JSON.parse(data.toString('utf8')) as LiveTold));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const ask: LiveClient['ask'] = (asked) => socket.send(typeof asked === 'string' ? asked : JSON.stringify(asked));
  if (token) ask({ do: 'sign-in', token });
  return {
    ...{ told, ask, closed, close: () => socket.close() },
    answer: <T>(id: number, fits: (body: T) => boolean = () => true) =>
      eventually('an answer', () => {
        const newest = told.findLast((one) => one.is === 'answer' && one.id === id) as { body: T } | undefined;
        return newest && fits(newest.body) ? newest.body : null;
      }),
  };
}
