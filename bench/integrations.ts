import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { createAccount } from '../src/people/sign-in.ts';
import { startBenchDesk, type BenchDesk } from './bench-desk.ts';
import { median, quantile, round } from './figures.ts';

const PASSWORD = 'only for this bench';
/** Median with every integration hanging, over the median without, at most. */
const MOST = 1.1;
const ROUNDS = 6;

/**
 * Milliseconds for a ticket with a file, from the request to the answer: on a desk whose workflow system, webhooks and virus scanner all
 * take connections and never answer, beside one that has none of them, in turns of the same run. Each ticket is approved and given a webhook
 * message and a file to scan, so that every integration has something to hang on.
 */
export async function benchIntegrations(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { tickets: { type: 'string' } } });
  const tickets = Number(values.tickets ?? 50);
  const silent = await startSilentServer();
  const desks = [await startDesk({}, null), await startDesk(silent.env, silent.url)] as const;
  try {
    const times = desks.map((): number[] => []);
    for (let turn = 0; turn < ROUNDS; turn++)
      // Who goes first changes: a machine grows warm, and a table long.
      for (const which of turn % 2 ? [1, 0] : [0, 1]) {
        const [desk, taken] = [desks[which], times[which]];
        if (!desk || !taken) continue;
        const worker = await desk.bench.desk.startWorker();
        // The first ones fill caches, and let the integrations begin to hang.
        for (let nth = 0; nth < tickets; nth++) {
          const ms = await desk.open(nth);
          if (nth >= 5) taken.push(ms);
        }
        await worker.stop();
      }
    if (silent.connections() === 0) throw new Error('nothing hung: no integration was called');
    const [without = [], hanging = []] = times;
    for (const [name, taken] of [
      ['without', without],
      ['all of them hanging', hanging],
    ] as const)
      console.log(
        `${name.padEnd(20)} median ${round(median(taken), 1)} ms, p95 ${round(quantile(taken, 0.95), 1)} ms, ${taken.length} tickets`,
      );
    const ratio = median(hanging) / median(without);
    console.log(`integrations: ${round(ratio, 2)} of ${MOST} (${silent.connections()} connections hung)`);
    if (ratio > MOST) process.exitCode = 1;
  } finally {
    for (const desk of desks) await desk.stop();
    silent.stop();
  }
}

interface RunningDesk {
  bench: BenchDesk;
  /** Opens a ticket with a file and approves it; milliseconds of the former. */
  open(nth: number): Promise<number>;
  stop(): Promise<void>;
}

async function startDesk(env: Record<string, string>, webhook: string | null): Promise<RunningDesk> {
  const bench = await startBenchDesk(null, env);
  const web = await bench.desk.startWeb(0, '127.0.0.1');
  const url = `http://127.0.0.1:${web.port}`;
  const who = { email: 'bench@desk.example', password: PASSWORD };
  await createAccount(bench.desk.transaction, { ...who, firstName: 'Bench', lastName: 'Mark', role: 'admin' });
  const { access } = (await post(`${url}/api/token/admin`, who, {})) as { access: string };
  const authorization = { authorization: `Bearer ${access}` };
  if (webhook !== null)
    await post(
      `${url}/api/webhooks`,
      { name: 'Silent', url: webhook, events: ['ticket.opened', 'ticket.status_changed'] },
      authorization,
    );
  return {
    bench,
    async open(nth) {
      const form = new FormData();
      form.set('subject', `The printer is out of paper (${nth})`);
      form.set('description', 'Since this morning, near the toner shelf.');
      form.append('attachments', new Blob([`scan ${nth} of ${url}`], { type: 'text/plain' }), 'scan.txt');
      const began = performance.now();
      const { id } = (await post(`${url}/api/tickets`, form, authorization)) as { id: number };
      const ms = performance.now() - began;
      await post(
        `${url}/api/tickets/${id}/transitions`,
        { name: 'approve', priority: 'low', category: 'Hardware' },
        authorization,
      );
      return ms;
    },
    async stop() {
      await web.stop();
      await bench.stop();
    },
  };
}

async function post(url: string, body: object, headers: Record<string, string>): Promise<unknown> {
  const json = !(body instanceof FormData);
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, ...(json && { 'content-type': 'application/json' }) },
    body: json ? JSON.stringify(body) : body,
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Takes connections and whatever is sent, and says nothing. */
async function startSilentServer() {
  let taken = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    taken += 1;
    open.add(socket);
    socket
      .on('error', () => undefined)
      .on('close', () => open.delete(socket))
      .resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    env: { WORKFLOW_URL: url, WORKFLOW_API_KEY: 'bench', WEBHOOK_HOSTS: url, CLAMD_URL: `tcp://127.0.0.1:${port}` },
    connections: () => taken,
    stop() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
