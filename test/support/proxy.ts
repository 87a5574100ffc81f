import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A TCP proxy in front of the database that can be cut, so that it is away for this desk alone. */
export interface CuttableProxy {
  /** The same database through the proxy. */
  reach(databaseUrl: string): Promise<string>;
  /** Drops every connection and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Keeps connections open and passes nothing on: a server that hangs. */
  freeze(): void;
}

export function cuttableProxy(): CuttableProxy {
  const sockets = new Set<Socket>();
  let target = { host: '', port: 0 };
  let port = 0;
  let frozen = false;
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    }
    client.on('data', (chunk) => !frozen && upstream.write(chunk)).on('close', () => upstream.destroy());
    upstream.on('data', (chunk) => !frozen && client.write(chunk)).on('close', () => client.destroy());
  });
  const listen = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  return {
    async reach(databaseUrl) {
      const url = new URL(databaseUrl);
      target = { host: url.hostname, port: Number(url.port) };
      await listen();
      return Object.assign(url, { host: `127.0.0.1:${port}` }).toString();
    },
    async cut() {
      frozen = false;
      const closed = server.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : null;
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: listen,
    freeze: () => {
      frozen = true;
    },
  };
}
