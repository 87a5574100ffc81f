import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { FaultDesk } from './fault-desk.ts';
import { mailWithFile, shortMail } from './mails.ts';

/** A mailbox of some server, and the desk that reads it. */
export interface KilledDesk {
  desk: FaultDesk;
  deliver(raw: string): Promise<unknown>;
  /** Messages that the mailbox holds. */
  held(): Promise<number>;
  /** Milliseconds in which it must have caught up; a minute unless given. */
  patience?: number;
}

const MESSAGES = 200;
const SECONDS = 60;
const LEAST_KILLS = 5;

/** M19: kills the desk again and again while mail arrives, lets it live, and finds a ticket of each message and nothing else. */
export async function surviveRandomKills({ desk, deliver, held, patience }: KilledDesk, seed: number): Promise<void> {
  const [subjects] = await Promise.all([arrive(deliver, dice(seed)), killAgainAndAgain(desk, dice(seed + 1))]);
  const arrived = await held();
  await desk.recover(async () => {
    const [row] = await desk.query<{ n: number }>('select count(*)::int as n from inbound_message');
    return row?.n === arrived;
  }, patience);
  const others = `select state, reason, last_error, attempts, subject from inbound_message where state <> 'applied' and reason not like 'duplicate:%'`;
  expect(await desk.query(others)).toEqual([]);
  const tickets = await desk.query<{ subject: string }>('select subject from ticket');
  expect(tickets.map(({ subject }) => subject).toSorted()).toEqual(subjects.toSorted());
}

async function arrive(deliver: KilledDesk['deliver'], throwDice: () => number): Promise<string[]> {
  const subjects: string[] = [];
  for (const { raw, subject, repeated } of mails(throwDice)) {
    await deliver(raw);
    if (repeated) await deliver(raw);
    subjects.push(subject);
    await pause((SECONDS * 1000 * throwDice() * 2) / MESSAGES);
  }
  return subjects;
}

/** Mail as it comes: some of it long, some of it twice. */
function* mails(throwDice: () => number): Generator<{ raw: string; subject: string; repeated: boolean }> {
  for (let n = 0; n < MESSAGES; n++) {
    const subject = `Message ${n}`;
    const given = { id: `r${n}`, subject };
    const kind = throwDice();
    const raw = kind < 0.2 ? mailWithFile(given) : shortMail(given);
    yield { raw, subject, repeated: kind > 0.9 };
  }
}

/** Starts it and kills it within two seconds of work, again and again; a slow machine gets more time for fewer kills. */
async function killAgainAndAgain(desk: FaultDesk, throwDice: () => number): Promise<void> {
  const until = performance.now() + SECONDS * 1000;
  for (let kills = 0; performance.now() < until || kills < LEAST_KILLS; kills++) {
    const launched = desk.launch();
    await launched.running();
    await pause(2000 * throwDice());
    launched.process.kill('SIGKILL');
    await launched.ended;
    const breaches = await desk.breaches(false);
    if (breaches.length > 0) throw new Error(`After kill ${kills}: ${breaches.join('\n')}`);
  }
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
