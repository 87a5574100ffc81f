import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../errors.ts';

/** Milliseconds in which open requests may finish at shutdown. */
const PATIENCE = 10_000;

/** Opens the HTTP port with limits on slow clients; port 0 takes a free one. A taken port is the user's matter: UsageError. */
export async function listen(
  handler: RequestListener,
  port: number,
  host: string,
): Promise<{ http: Server; port: number }> {
  const http = createServer(
    { headersTimeout: 10_000, requestTimeout: 120_000, keepAliveTimeout: 65_000, maxHeaderSize: 32_768 },
    handler,
  );
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)));
    http.listen(port, host, resolve);
  });
  return { http, port: (http.address() as AddressInfo).port };
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new UsageError(`Port ${port} is taken: set PORT to another one, such as PORT=${port + 1}.`);
  if (error.code === 'EACCES') return new UsageError(`Port ${port} needs more rights: set PORT to one above 1023.`);
  return error;
}

/** Milliseconds after which a connection whose request has just finished is noticed. */
const LOOK_AGAIN = 50;

/** Takes no new connections, lets requests finish, then cuts what is left. */
export async function closeServer(http: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  // A client keeps its connection open for the next request, which nobody would answer.
  const idle = setInterval(() => http.closeIdleConnections(), LOOK_AGAIN);
  const timer = setTimeout(() => http.closeAllConnections(), PATIENCE);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
