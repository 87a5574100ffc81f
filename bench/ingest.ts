import { parseArgs } from 'node:util';
import pg from 'pg';
import { replyAddress } from '../src/mail/reply-token.ts';
import { receiveMessage } from '../src/mail/inbound/receive-message.ts';
import { ingestMessages } from '../src/mail/inbound/ingest-messages.ts';
import { notifyEvents } from '../src/mail/outbound/notify-events.ts';
import { Participant } from '../src/tickets/participant.ts';
import { startBenchDesk, type BenchDesk } from './bench-desk.ts';
import { median, round } from './figures.ts';
import { floor } from './ingest-floor.ts';
import { generateMail, type ReplyTarget } from './generate-mail.ts';

const BATCH = 50;

/**
 * Mails a second from raw bytes to ticket or comment, history and the outbound rows of their notices, on a PostgreSQL with fsync on; beside the
 * floor of this machine in the same run: parsing, and the same rows inserted in batches.
 */
export async function benchIngest(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string' }, rounds: { type: 'string' }, short: { type: 'boolean' } },
  });
  const count = Number(values.count ?? (values.short ? 400 : 1500));
  const rounds = Number(values.rounds ?? (values.short ? 1 : 3));
  const bench = await startBenchDesk();
  try {
    const targets = await seed(bench);
    const rates: { pipeline: number; floor: number; cpu: number }[] = [];
    for (let turn = 0; turn < rounds; turn++) {
      const mails = [...generateMail({ count, run: `r${turn}`, to: bench.desk.mailbox.address, targets })];
      const before = process.cpuUsage();
      const pipeline = await timed(() => throughPipeline(bench, mails, `r${turn}`));
      const { user, system } = process.cpuUsage(before);
      const low = await timed(() => floor(bench.databaseUrl, mails, turn));
      rates.push({ pipeline: count / pipeline, floor: count / low, cpu: (user + system) / 1000 / count });
      console.log(
        `round ${turn + 1}: pipeline ${round(count / pipeline)} mails/s, floor ${round(count / low)} mails/s`,
      );
    }
    await verify(bench, count * rounds);
    const pipeline = median(rates.map((rate) => rate.pipeline));
    const low = median(rates.map((rate) => rate.floor));
    console.log(
      `ingest: ${round(pipeline)} mails/s (main process ${round(median(rates.map(({ cpu }) => cpu)), 2)} ms CPU a mail); floor ${round(low)} mails/s; ratio ${round(pipeline / low, 2)}`,
    );
  } finally {
    await bench.stop();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Tickets that the replies answer, each with its requester's own reply address. */
async function seed(bench: BenchDesk): Promise<ReplyTarget[]> {
  const { desk } = bench;
  await throughPipeline(bench, [...generateMail({ count: 300, run: 'seed', to: desk.mailbox.address })], 'seed');
  return desk.transaction(async (tx) => {
    const participants = await tx.em.find(Participant, {}, { populate: ['employee'], limit: 300 });
    const keyring = desk.secrets.replyTokens;
    return participants.map(({ id, ticket, employee }) => ({
      from: employee.email,
      replyTo: replyAddress(keyring, desk.mailbox, ticket.id, id),
    }));
  });
}

/** Three stations, as the worker has them, each working on what the one before has committed. */
async function throughPipeline({ desk }: BenchDesk, mails: readonly Buffer[], run: string): Promise<void> {
  const batches = Array.from({ length: Math.ceil(mails.length / BATCH) }, (_, i) =>
    mails.slice(i * BATCH, (i + 1) * BATCH),
  );
  const received = new Channel<number[]>(4);
  const applied = new Channel<number[]>(4);
  const receive = async () => {
    for (const [turn, batch] of batches.entries())
      await received.put(await receiveBatch(desk, batch, `${run}:${turn}`));
    received.end();
  };
  const apply = async () => {
    for await (const ids of received) {
      await ingestMessages(desk.ingest, ids);
      await applied.put(await pendingEvents(desk));
    }
  };
  const applyAll = async () => {
    await Promise.all([apply(), apply()]);
    applied.end();
  };
  const notify = async () => {
    for await (const ids of applied)
      if (ids.length > 0) await desk.transaction((tx) => notifyEvents(tx, ids, desk.jobs.notify));
  };
  await Promise.all([receive(), applyAll(), notify()]);
}

type Desk = BenchDesk['desk'];

async function receiveBatch(desk: Desk, batch: readonly Buffer[], run: string): Promise<number[]> {
  const kept = await Promise.all(batch.map((raw) => desk.blobs.put(raw)));
  return desk.transaction(async (tx) => {
    const ids: number[] = [];
    for (const [at, raw] of kept.entries()) {
      const given = {
        mailboxId: desk.mailbox.id,
        sourceKey: `bench:${run}:${at}`,
        raw,
        envelopeFrom: null,
        envelopeTo: null,
      };
      ids.push((await receiveMessage(tx, { ...given, quiet: false, wake: true })).id);
    }
    return ids;
  });
}

async function pendingEvents(desk: Desk): Promise<number[]> {
  const rows = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(`select id from ticket_event where notice = 'pending' limit 200`),
  );
  return rows.map(({ id }) => Number(id));
}

/** A figure for work that was not done is worth nothing. */
async function verify({ databaseUrl }: BenchDesk, count: number): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ applied: string; comments: string; notices: string; events: string }>(
    `select (select count(*) from inbound_message where state = 'applied') as applied, (select count(*) from comment where inbound_message_id is not null) as comments,
            (select count(*) from outbound_message where reason is distinct from 'floor') as notices, (select count(*) from ticket_event where notice = 'pending') as events`,
  );
  await client.end();
  const [row] = rows;
  if (Number(row?.applied) !== count + 300 || Number(row?.comments) !== count + 300 || Number(row?.events) !== 0)
    throw new Error(`The pipeline did not do all of the work: ${JSON.stringify(row)}`);
  console.log(`checked: ${row?.applied} messages applied, ${row?.notices} outbound rows, none left over`);
}

/** A queue between two stations with a bound, so that a slow one holds the fast one back. */
class Channel<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #bound: number;
  #ended = false;
  #wake: (() => void)[] = [];

  constructor(bound: number) {
    this.#bound = bound;
  }

  async put(item: T): Promise<void> {
    while (this.#items.length >= this.#bound) await this.#change();
    this.#items.push(item);
    this.#changed();
  }

  end(): void {
    this.#ended = true;
    this.#changed();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#changed();
        yield item;
      } else if (this.#ended) return;
      else await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const waiting = this.#wake;
    this.#wake = [];
    waiting.forEach((wake) => wake());
  }
}
