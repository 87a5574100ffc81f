import { createHash } from 'node:crypto';

/** Where a generated reply goes: a person and the reply address they were given. */
export interface ReplyTarget {
  from: string;
  replyTo: string;
}

export interface GenerateOptions {
  count: number;
  /** Told apart from other runs: Message-IDs never repeat. */
  run: string;
  to: string;
  /** Share of replies; 0 without targets. */
  replies?: number;
  targets?: readonly ReplyTarget[];
  /** Share with a 50 KB attachment. */
  attachments?: number;
}

const WORDS =
  'printer login password monitor invoice cable meeting laptop screen network folder update licence door badge phone camera account export report error slow broken missing wrong again since Monday before after please still cannot open close start stop every some nobody office floor desk chair lamp heating window'.split(
    ' ',
  );
const NAMES = [
  'Ana Reyes',
  'Jonas Weber',
  'Priya Nair',
  'Zoë Lindström',
  'Luís Costa',
  'Marta Kowalska',
  'Søren Dahl',
  'Ines Ferrari',
];
const ATTACHMENT = 50 * 1024;

/** A stream of bytes that is the same for the same seed: figures of two runs speak of the same mail. */
function randomBytes(seed: string, size: number): Buffer {
  const out = Buffer.alloc(size);
  for (let at = 0, turn = 0; at < size; at += 32, turn++)
    createHash('sha256').update(`${seed}:${turn}`).digest().copy(out, at);
  return out;
}

/** Support mails as clients write them: text and html, some 6 KB, a fifth with a 50 KB file, so 20 KB in the mean. */
export function* generateMail({
  count,
  run,
  to,
  replies = 0.4,
  targets = [],
  attachments = 0.2,
}: GenerateOptions): Generator<Buffer> {
  for (let i = 0; i < count; i++) {
    const dice = randomBytes(`${run}:${i}`, 512);
    const target =
      targets.length > 0 && dice.readUInt16LE(0) / 65_536 < replies
        ? targets[dice.readUInt32LE(2) % targets.length]
        : undefined;
    const file = dice.readUInt16LE(6) / 65_536 < attachments ? randomBytes(`${run}:${i}:file`, ATTACHMENT) : undefined;
    yield compose({ dice, id: `${run}.${i}`, to, target, file });
  }
}

function compose(given: {
  dice: Buffer;
  id: string;
  to: string;
  target: ReplyTarget | undefined;
  file: Buffer | undefined;
}): Buffer {
  const { dice, id, to, target, file } = given;
  const person = dice.readUInt16LE(8) % 2000;
  const name = NAMES[person % NAMES.length] ?? '';
  const from = target?.from ?? `person${person}@client${person % 97}.example`;
  const subject = `${target ? 'Re: ' : ''}${sentence(dice, 20, 6)}`;
  const paragraphs = Array.from({ length: 6 }, (_, at) => sentence(dice, 40 + at * 60, 40));
  const sign = `Kind regards,\n${name}\n`;
  const text = `Hello,\n\n${paragraphs.join('.\n\n')}.\n\n${sign}${target ? `\nOn Monday, support wrote:\n> ${sentence(dice, 3, 30)}\n> ${sentence(dice, 9, 30)}\n` : ''}`;
  const html = `<html><body style="font-family:Calibri,sans-serif">${paragraphs.map((words) => `<p class="MsoNormal" style="margin:0cm">${words}.</p>`).join('')}<p>${sign}</p></body></html>`;
  const boundary = `=_${id.replaceAll('.', '_')}`;
  const alternative = [part(boundary, 'text/plain', text), part(boundary, 'text/html', html), `--${boundary}--`].join(
    '\r\n',
  );
  const head = [
    `Received: from mail.client${person % 97}.example (mail [192.0.2.7]) by mx.desk.example with ESMTPS id ${id}; Mon, 23 Nov 2026 09:00:00 +0000`,
    `From: =?utf-8?B?${Buffer.from(name).toString('base64')}?= <${from}>`,
    `To: Support <${target?.replyTo ?? to}>`,
    `Subject: ${subject}`,
    'Date: Mon, 23 Nov 2026 09:00:00 +0000',
    `Message-ID: <${id}@client${person % 97}.example>`,
    'MIME-Version: 1.0',
  ];
  if (!file) return message([...head, `Content-Type: multipart/alternative; boundary="${boundary}"`], alternative);
  const outer = `${boundary}_m`;
  const inner = `--${outer}\r\nContent-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n${alternative}\r\n`;
  const lines = file.toString('base64').replace(/.{76}/g, '$&\r\n');
  const attached = `--${outer}\r\nContent-Type: application/pdf; name="scan.pdf"\r\nContent-Disposition: attachment; filename="scan.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n--${outer}--`;
  return message([...head, `Content-Type: multipart/mixed; boundary="${outer}"`], inner + attached);
}

function message(head: readonly string[], body: string): Buffer {
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}\r\n`);
}

function part(boundary: string, type: string, content: string): string {
  const lines = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n');
  return `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}`;
}

function sentence(dice: Buffer, at: number, length: number): string {
  return Array.from({ length }, (_, i) => WORDS[(dice[(at + i) % dice.length] ?? 0) % WORDS.length]).join(' ');
}
