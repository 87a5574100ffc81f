import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { simpleParser } from 'mailparser';
import { parseMessage } from '../src/mail/inbound/parse/parse-message.ts';
import { median, round } from './figures.ts';
import { generateMail } from './generate-mail.ts';

/** Attachments are hashed, as the blob store does it, and kept nowhere: the disk is not what is measured. */
const blobs = {
  put: (bytes: Uint8Array) =>
    Promise.resolve({ sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }),
};

/** All that `parseMessage` does beside may cost as much again as mailparser's own work, and no more. */
const LEAST_RATIO = 0.5;

/**
 * Mails a second of CPU that `parseMessage` understands in whole, with reply, classification and safe html, on one core;
 * beside mailparser's own simpleParser on the same mail in the same run.
 */
export async function benchParse(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string' }, rounds: { type: 'string' }, short: { type: 'boolean' } },
  });
  const count = Number(values.count ?? (values.short ? 300 : 1000));
  const rounds = Number(values.rounds ?? (values.short ? 9 : 15));
  const targets = [{ from: 'ana@client.example', replyTo: 'desk+token@desk.example' }];
  const mails = [...generateMail({ count, run: 'parse', to: 'desk@desk.example', targets })];
  const rates: { own: number; floor: number }[] = [];
  await parseAll(mails.slice(0, 200));
  await simpleAll(mails.slice(0, 200));
  for (let turn = 0; turn < rounds; turn++) {
    const own = count / (await cpuSeconds(() => parseAll(mails)));
    const floor = count / (await cpuSeconds(() => simpleAll(mails)));
    rates.push({ own, floor });
    console.log(
      `round ${turn + 1}: parseMessage ${round(own)} mails/s, simpleParser ${round(floor)} mails/s, ratio ${round(own / floor, 2)}`,
    );
  }
  const ratio = median(rates.map((rate) => rate.own / rate.floor));
  const [own, floor] = [median(rates.map((rate) => rate.own)), median(rates.map((rate) => rate.floor))];
  console.log(
    `parse: ${round(own)} mails/s of CPU (${round(1000 / own, 2)} ms a mail); simpleParser ${round(floor)} mails/s; ratio ${round(ratio, 2)}`,
  );
  if (ratio < LEAST_RATIO) {
    console.error(`The ratio is below ${LEAST_RATIO}.`);
    process.exitCode = 1;
  }
}

async function parseAll(mails: readonly Buffer[]): Promise<void> {
  for (const mail of mails) {
    const result = await parseMessage(mail, { blobs });
    if (!result.ok || result.mail.reply === '') throw new Error('A generated mail was not understood');
  }
}

async function simpleAll(mails: readonly Buffer[]): Promise<void> {
  for (const mail of mails) await simpleParser(mail);
}

/** User and system time of the process, which has nothing else to do. */
async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
