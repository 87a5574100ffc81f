import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { LIVE_CLOSE, LIVE_PATH } from '../../contract/live-path.ts';
import { hearChanges } from '../../db/hear-changes.ts';
import { LiveConnection, type ConnectionDeps } from './live-connection.ts';

/** Bytes of a message; a browser says little. */
const MOST_BYTES = 16_384;
/** Connections of one process: each is a tab. */
const MOST_CONNECTIONS = 5000;
/** Milliseconds between two pings; who has not answered one by the next is gone. */
const PING_EVERY = 30_000;

export interface LiveDeps extends ConnectionDeps {
  databaseUrl: string;
  /** Origin of the portal, such as https://help.example.com. */
  origin: () => string;
}

/** Takes WebSockets at `/api/live` of a running HTTP server, and tells them what changes. */
export function startLive(http: Server, deps: LiveDeps): { stop(): Promise<void> } {
  const connections = new Map<WebSocket, LiveConnection>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  const hearing = hearChanges(deps.databaseUrl, deps.log, (changed) => {
    for (const connection of connections.values()) connection.changed(changed);
  });

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const [path] = (request.url ?? '').split('?');
    if (path !== LIVE_PATH && path !== `${LIVE_PATH}/`) return refuse(socket, '404 Not Found');
    if (!isOwn(request, deps.origin())) return refuse(socket, '403 Forbidden');
    if (connections.size >= MOST_CONNECTIONS) return refuse(socket, '503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, (opened) => {
      connections.set(opened, new LiveConnection(opened, deps));
      alive.add(opened);
      opened.on('pong', () => alive.add(opened));
      opened.on('close', () => connections.delete(opened));
    });
  });

  const pinging = setInterval(() => {
    for (const socket of connections.keys()) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_EVERY);

  return {
    async stop() {
      clearInterval(pinging);
      for (const socket of connections.keys()) socket.close(LIVE_CLOSE.going, 'the desk stops');
      // Whoever does not answer the close in time is cut off with it.
      setTimeout(() => [...connections.keys()].forEach((socket) => socket.terminate()), 500).unref();
      await hearing.stop();
    },
  };
}

/** A page of another site may not open a connection (T31); what is no browser names no origin, and needs a token like any. */
function isOwn({ headers: { origin, host } }: IncomingMessage, own: string): boolean {
  return origin === undefined || origin === own || (URL.canParse(origin) && new URL(origin).host === host);
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
