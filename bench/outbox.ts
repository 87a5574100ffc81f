import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { notifyEvents } from '../src/mail/outbound/notify-events.ts';
import { smtpTransport } from '../src/mail/transports/smtp-transport.ts';
import type { MailTransport } from '../src/mail/transports/transport.ts';
import { Employee } from '../src/people/employee.ts';
import { addComment } from '../src/tickets/add-comment.ts';
import { lockTickets } from '../src/tickets/locked-ticket.ts';
import { openTicket } from '../src/tickets/open-ticket.ts';
import { startBenchDesk } from './bench-desk.ts';
import { round } from './figures.ts';

type Desk = Awaited<ReturnType<typeof startBenchDesk>>['desk'];

/** Answers that are written one by one, for the time from commit to 250. */
const SINGLE = 60;

/**
 * Milliseconds from the commit of an answer to the 250 of the server while nothing else is to do, and mails a second through the outbox when much is; beside
 * the floor of this machine in the same run: the same bytes over the same transport, without any outbox.
 */
export async function benchOutbox(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { count: { type: 'string' }, short: { type: 'boolean' } } });
  const count = Number(values.count ?? (values.short ? 300 : 1500));
  const sink = await startSink();
  const bench = await startBenchDesk(sink.transport());
  const { desk } = bench;
  try {
    const { staff, tickets } = await seed(desk);
    const worker = await desk.startWorker();
    const waits: number[] = [];
    for (let n = 0; n < SINGLE; n++)
      waits.push(await answerAndWait(desk, staff, tickets[n % tickets.length] ?? 0, sink));
    await worker.stop();
    waits.sort((a, b) => a - b);

    await fill(desk, staff, tickets, count);
    const before = sink.taken.size;
    const [cpu, transactions] = [process.cpuUsage(), countTransactions(desk)];
    const started = performance.now();
    const again = await desk.startWorker();
    await sink.reached(before + count);
    const rate = count / ((performance.now() - started) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    await again.stop();
    const perMail = { cpu: (user + system) / 1000 / count, transactions: transactions.begun / count };
    await verify(desk);
    const floor = await sendBare(desk, sink, count);
    const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
    console.log(
      `outbox: commit to 250 p50 ${at(0.5)} ms, p95 ${at(0.95)} ms; ${round(rate)} mails/s (main process ${round(perMail.cpu, 2)} ms CPU, ${round(perMail.transactions, 2)} transactions a mail); floor ${round(floor)} mails/s; ratio ${round(rate / floor, 2)}`,
    );
  } finally {
    await bench.stop();
    sink.stop();
  }
}

interface Sink {
  /** Message-ID → when it was taken. */
  taken: Map<string, number>;
  transport(): MailTransport;
  reached(count: number): Promise<void>;
  stop(): void;
}

async function startSink(): Promise<Sink> {
  const child = fork(fileURLToPath(new URL('./sink.ts', import.meta.url)));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const taken = new Map<string, number>();
  child.on('message', ({ id, at }: { id: string; at: number }) => void taken.set(`${id}#${taken.size}`, at));
  return {
    taken,
    transport: () => smtpTransport({ host: '127.0.0.1', port, secure: false, auth: null }),
    async reached(count) {
      while (taken.size < count) await once(child, 'message');
    },
    stop: () => void child.disconnect(),
  };
}

async function seed(desk: Desk): Promise<{ staff: Employee; tickets: number[] }> {
  return desk.transaction(async (tx) => {
    const person = (email: string, role: Employee['role']) =>
      tx.em.create(Employee, {
        email,
        role,
        firstName: 'Ana',
        lastName: 'Reyes',
        status: 'approved',
        createdAt: tx.now,
        updatedAt: tx.now,
      });
    const staff = person('marta@desk.example', 'coordinator');
    const people = Array.from({ length: 50 }, (_, n) => person(`ana${n}@maravia.example`, 'employee'));
    await tx.em.flush();
    const tickets = [];
    for (const requester of people) {
      const given = { requester, subject: 'Laptop', body: 'It stays dark.', channel: 'portal' as const, notify: false };
      tickets.push((await openTicket(tx, { ...given, mailboxId: desk.mailbox.id })).ticketId);
    }
    return { staff, tickets };
  });
}

async function answer(desk: Desk, author: Employee, ticketId: number, notify: boolean): Promise<void> {
  await desk.transaction(async (tx) => {
    const ticket = (await lockTickets(tx, [ticketId])).get(ticketId);
    if (!ticket) throw new Error(`There is no ticket ${ticketId}`);
    const body =
      'Please put the laptop on the dock and wait for five minutes.\n\nIt installs the older version by itself.';
    await addComment(tx, { ticket, author, body, visibility: 'public', channel: 'portal', notify });
  });
}

async function answerAndWait(desk: Desk, author: Employee, ticketId: number, sink: Sink): Promise<number> {
  const before = sink.taken.size;
  await answer(desk, author, ticketId, true);
  const committed = Date.now();
  await sink.reached(before + 1);
  return Math.max(0, ([...sink.taken.values()].at(-1) ?? 0) - committed);
}

/** So many rows that are due, as if nobody had been there to send them. */
async function fill(desk: Desk, author: Employee, tickets: readonly number[], count: number): Promise<void> {
  for (let n = 0; n < count; n++) await answer(desk, author, tickets[n % tickets.length] ?? 0, true);
  const rows = await desk.transaction(({ em }) =>
    em.execute<{ id: string }[]>(`select id from ticket_event where notice = 'pending' order by id`),
  );
  const ids = rows.map(({ id }) => Number(id));
  for (let from = 0; from < ids.length; from += 200)
    await desk.transaction((tx) => notifyEvents(tx, ids.slice(from, from + 200), desk.jobs.notify));
}

/** Counts the transactions that the background side begins from now on. */
function countTransactions(desk: Desk): { begun: number } {
  const run = desk.jobs.transaction;
  const count = { begun: 0 };
  desk.jobs.transaction = (work) => {
    count.begun += 1;
    return run(work);
  };
  return count;
}

/** A figure for work that was not done is worth nothing. */
async function verify(desk: Desk): Promise<void> {
  const left = await desk.transaction(({ em }) =>
    em.execute<{ state: string; n: string }[]>(
      `select state, count(*) as n from outbound_message where state <> 'sent' group by 1`,
    ),
  );
  if (left.length > 0) throw new Error(`Not all was sent: ${JSON.stringify(left)}`);
}

async function sendBare(desk: Desk, sink: Sink, count: number): Promise<number> {
  const rows = await desk.transaction(({ em }) =>
    em.execute<{ recipient: string; mime: Buffer }[]>(
      `select recipient, mime from outbound_message order by id desc limit ${count}`,
    ),
  );
  const transport = sink.transport();
  const started = performance.now();
  await Promise.all(
    rows.map(({ recipient, mime }) =>
      transport.send({ envelope: { from: 'floor@desk.example', to: recipient }, mime }),
    ),
  );
  const rate = count / ((performance.now() - started) / 1000);
  await transport.close();
  return rate;
}
