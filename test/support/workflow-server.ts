import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A try as the workflow system saw it. */
export interface WorkflowTry {
  /** Milliseconds, by a clock that only goes on. */
  at: number;
  headers: IncomingHttpHeaders;
  body: Message;
}

export interface Message {
  type: string;
  ticket: { id: number; ticket_number: string; subject: string; description: string; [name: string]: unknown };
  requester: { name: string; email: string };
  attachments: { filename: string; url: string; expires_at: string; sha256: string }[];
  callback_url: string;
}

/** How it behaves at the n-th try (from 1); `take` answers as it should. */
export type Behaviour = (nth: number, response: ServerResponse, take: () => void) => void;

export interface WorkflowServer {
  url: string;
  tries: WorkflowTry[];
  /** Tickets that it opened: one for each Idempotency-Key. */
  opened: Map<string, string>;
  behave(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

const WELL: Behaviour = (_nth, _response, take) => take();

/** A workflow system that knows a ticket by its Idempotency-Key, and misbehaves as it is told. */
export async function startWorkflowServer(port = 0): Promise<WorkflowServer> {
  const tries: WorkflowTry[] = [];
  const opened = new Map<string, string>();
  let behaviour = WELL;
  const server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      tries.push({
        at: performance.now(),
        headers: request.headers,
        body: JSON.parse(Buffer.concat(pieces).toString()) as Message,
      });
      const key = String(request.headers['idempotency-key']);
      const take = () => {
        opened.set(key, opened.get(key) ?? `case-${opened.size + 1}`);
        response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id: opened.get(key) }));
      };
      behaviour(tries.length, response, take);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tickets`, tries, opened },
    behave: (told) => void (behaviour = told),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
