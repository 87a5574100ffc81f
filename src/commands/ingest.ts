import type { Readable, Writable } from 'node:stream';
import type { Desk } from '../app.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { InboundMessage } from '../mail/inbound/inbound-message.ts';
import { ingestMessages } from '../mail/inbound/ingest-messages.ts';
import { receiveMessage } from '../mail/inbound/receive-message.ts';
import { readMessages } from '../mail/inbound/message-files.ts';
import { ticketNumber } from '../tickets/ticket.ts';
import { openTool } from './open-tool.ts';

export interface IngestOptions {
  paths: readonly string[];
  /** true: people are notified as if it had just arrived; a worker sends the mails. */
  notify: boolean;
  stdin: Readable;
  stdout: Writable;
}

/** Messages that go through the pipeline together. */
const TOGETHER = 50;

interface Line {
  file: string;
  outcome: string;
  reason: string | null;
  ticket: string | null;
  ms: number;
}

interface Taken {
  file: string;
  id: number;
  known: boolean;
}

/**
 * Brings files, folders, mbox files or standard input through the whole pipeline, and prints one JSON line each. Exit code 0 when each has
 * an outcome, 1 when some were left for a later try.
 */
export async function ingest(config: Config, log: Log, options: IngestOptions): Promise<number> {
  const { desk, stop } = await openTool(config, log);
  let unfinished = 0;
  try {
    let batch: { file: string; raw: Buffer }[] = [];
    const finish = async () => {
      for (const line of await ingestBatch(desk, batch, options)) {
        if (line.outcome === 'fetched') unfinished++;
        await write(options.stdout, `${JSON.stringify(line)}\n`);
      }
      batch = [];
    };
    for await (const message of readMessages([...options.paths], options.stdin)) {
      batch.push(message);
      if (batch.length >= TOGETHER) await finish();
    }
    await finish();
  } finally {
    await stop();
  }
  return unfinished > 0 ? 1 : 0;
}

async function ingestBatch(
  desk: Desk,
  batch: readonly { file: string; raw: Buffer }[],
  { notify }: IngestOptions,
): Promise<Line[]> {
  const started = performance.now();
  const kept = await Promise.all(batch.map(async ({ file, raw }) => ({ file, raw: await desk.blobs.put(raw) })));
  const taken = await desk.transaction(async (tx) => {
    const rows: Taken[] = [];
    for (const { file, raw } of kept) {
      // The key is the bytes themselves: the same file is the same message, wherever it lies.
      const given = {
        mailboxId: desk.mailbox.id,
        sourceKey: `sha256:${raw.sha256}`,
        raw,
        envelopeFrom: null,
        envelopeTo: null,
      };
      rows.push({ file, ...(await receiveMessage(tx, { ...given, quiet: !notify, wake: false })) });
    }
    return rows;
  });
  await ingestMessages(
    desk.ingest,
    taken.filter(({ known }) => !known).map(({ id }) => id),
  );
  // Known ones may be of a run that was cut off: they are taken up again.
  await ingestMessages(
    desk.ingest,
    taken.filter(({ known }) => known).map(({ id }) => id),
  );
  return readLines(desk, taken, (performance.now() - started) / Math.max(1, batch.length));
}

async function readLines(desk: Desk, taken: readonly Taken[], ms: number): Promise<Line[]> {
  return desk.transaction(async ({ em }) => {
    const ids = [...new Set(taken.map(({ id }) => id))];
    if (ids.length === 0) return [];
    const rows = new Map((await em.find(InboundMessage, { id: { $in: ids } })).map((row) => [row.id, row]));
    const ticketIds = [...rows.values()].flatMap(({ ticketId }) => ticketId ?? []);
    const numbers =
      ticketIds.length > 0
        ? await em.execute<{ id: string; number: string }[]>('select id, number from ticket where id in (?)', [
            ticketIds,
          ])
        : [];
    const numberOf = new Map(numbers.map(({ id, number }) => [Number(id), ticketNumber(Number(number))]));
    return taken.map(({ file, id, known }) => {
      const row = rows.get(id);
      const ticket = row?.ticketId ? (numberOf.get(row.ticketId) ?? null) : null;
      return {
        file,
        outcome: known ? 'duplicate' : (row?.state ?? 'fetched'),
        reason: row?.reason ?? null,
        ticket,
        ms: Math.round(ms * 10) / 10,
      };
    });
  });
}

async function write(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await new Promise((resolve) => stream.once('drain', resolve));
}
