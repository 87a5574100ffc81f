import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A message of the scripted folder; what it announces may differ from what it is. */
export interface ScriptedMessage {
  uid: number;
  raw: Buffer;
  /** MODSEQ, by which it is searched. */
  modseq?: number;
  /** RFC822.SIZE, if it is not the truth. */
  announced?: number;
  receivedAt?: string;
}

/** One command of a client. */
export interface ImapCommand {
  tag: string;
  /** Upper case, with UID in front where it is: `UID FETCH`. */
  name: string;
  args: string;
  /** For a FETCH, the messages that it asks for and the server has. */
  messages: ScriptedMessage[];
  /** For a FETCH, that bodies are asked for, or pieces of them. */
  bodies: boolean;
}

/** The connection of a client, for a script that answers by itself. */
export interface ImapLine {
  socket: Socket;
  /** Writes an untagged or tagged line. */
  say(line: string): void;
  write(bytes: Buffer | string): void;
  drop(): void;
  /** The row that a well-behaved server gives, in three parts: up to the literal, the literal, the rest. */
  row(command: ImapCommand, message: ScriptedMessage): [head: string, literal: Buffer, tail: string];
}

export interface ScriptedImap {
  port: number;
  /** May be changed at any time. */
  messages: ScriptedMessage[];
  validity: number;
  capabilities: string;
  permanentFlags: string;
  /** HIGHESTMODSEQ that a SELECT tells; null: none. */
  modseq: number | null;
  /** Says whether it has answered the command itself; otherwise the server answers well. */
  script: ((command: ImapCommand, line: ImapLine) => boolean | Promise<boolean>) | null;
  /** Instead of the greeting, when set. */
  greeting: string | null;
  /** Every line that clients sent, without literals. */
  heard: string[];
  /** Keywords by UID. */
  flags: Map<number, Set<string>>;
  moved: Map<number, string>;
  connections: number;
  /** Those that are open now. */
  open(): number;
  /** Tells idle clients that there is something new. */
  announce(): void;
  /** Ends every connection. */
  hangUp(): void;
  stop(): Promise<void>;
}

const CAPABILITIES = 'IMAP4rev1 IDLE MOVE UIDPLUS';

/** An IMAP server (RFC 3501, as much of it as a reader needs) with one folder that does what it is told, on the loopback and in clear. */
export async function startScriptedImap(messages: ScriptedMessage[] = []): Promise<ScriptedImap> {
  const sockets = new Set<Socket>();
  const idle = new Map<Socket, string>();
  const told = new WeakMap<Socket, number>();
  const server = createServer((socket) => {
    sockets.add(socket);
    imap.connections++;
    socket.setNoDelay(true);
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket);
        idle.delete(socket);
      });
    if (imap.greeting !== null) socket.write(imap.greeting);
    else socket.write(`* OK [CAPABILITY ${imap.capabilities}] ready\r\n`);
    let text = '';
    let turn = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const given = text.slice(0, end);
        text = text.slice(end + 2);
        turn = turn.then(() => answer(imap, socket, given, { idle, told }));
      }
    });
  });
  const imap: ScriptedImap = {
    ...{
      port: 0,
      messages,
      validity: 1,
      capabilities: CAPABILITIES,
      permanentFlags: '\\Seen \\Deleted \\*',
      modseq: null,
    },
    ...{ script: null, greeting: null, heard: [], flags: new Map(), moved: new Map(), connections: 0 },
    open: () => sockets.size,
    announce() {
      for (const socket of idle.keys()) tellCount(imap, socket, told);
    },
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  imap.port = (server.address() as AddressInfo).port;
  return imap;
}

/** Tags of clients that idle, and how many messages each was told of. */
interface Clients {
  idle: Map<Socket, string>;
  told: WeakMap<Socket, number>;
}

/** A client hears of a new number of messages once: at the latest when it begins to idle (RFC 2177 §3). */
function tellCount({ messages }: ScriptedImap, socket: Socket, told: Clients['told']): void {
  if (told.get(socket) !== messages.length) socket.write(`* ${messages.length} EXISTS\r\n`);
  told.set(socket, messages.length);
}

async function answer(imap: ScriptedImap, socket: Socket, given: string, { idle, told }: Clients): Promise<void> {
  imap.heard.push(given);
  const idling = idle.get(socket);
  if (idling !== undefined) {
    idle.delete(socket);
    socket.write(`${idling} OK done\r\n`);
    return;
  }
  const command = readCommand(imap, given);
  const line: ImapLine = {
    socket,
    say: (text) => void socket.write(`${text}\r\n`),
    write: (bytes) => void socket.write(bytes),
    drop: () => void socket.destroy(),
    row: (asked, message) => rowOf(imap, asked, message),
  };
  if (imap.script && (await imap.script(command, line))) return;
  if (command.name === 'IDLE') {
    idle.set(socket, command.tag);
    line.say('+ idling');
    return tellCount(imap, socket, told);
  }
  if (command.name === 'SELECT') told.set(socket, imap.messages.length);
  (ANSWERS[command.name] ?? refuse)(imap, command, line);
}

function readCommand(imap: ScriptedImap, given: string): ImapCommand {
  const [, tag = '*', name = '', rest = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/i.exec(given) ?? [];
  const command = { tag, name: name.toUpperCase(), args: rest };
  const asked = command.name === 'UID FETCH' ? inSet(rest.split(' ')[0] ?? '') : () => false;
  const messages = imap.messages.filter(({ uid }) => asked(uid));
  return { ...command, messages, bodies: /BODY\.PEEK\[\]/.test(rest) };
}

/** Whether a UID is in a sequence set. `n:*` holds the last message whatever its UID. */
function inSet(set: string, last = 0): (uid: number) => boolean {
  const ranges = set.split(',').map((range) => {
    const [from = '', to = from] = range.split(':');
    const ends = [from, to].map((end) => (end === '*' ? last : Number(end)));
    return [Math.min(...ends), Math.max(...ends)] as const;
  });
  return (uid) => ranges.some(([from, to]) => uid >= from && uid <= to);
}

function rowOf(imap: ScriptedImap, { args }: ImapCommand, message: ScriptedMessage): [string, Buffer, string] {
  const { uid, raw, announced, receivedAt = '20-Nov-2026 10:00:00 +0000' } = message;
  const at = imap.messages.indexOf(message) + 1;
  const facts = [`UID ${uid}`];
  if (/RFC822\.SIZE/.test(args)) facts.push(`RFC822.SIZE ${announced ?? raw.length}`);
  if (/INTERNALDATE/.test(args)) facts.push(`INTERNALDATE "${receivedAt}"`);
  const [body, , start, length] = /BODY\.PEEK\[\](<(\d+)\.(\d+)>)?/.exec(args) ?? [];
  if (!body) return [`* ${at} FETCH (${facts.join(' ')}`, Buffer.alloc(0), ')\r\n'];
  const literal = start ? raw.subarray(Number(start), Number(start) + Number(length)) : raw;
  const section = start ? `BODY[]<${start}>` : 'BODY[]';
  return [`* ${at} FETCH (${facts.join(' ')} ${section} {${literal.length}}\r\n`, literal, ')\r\n'];
}

type Answer = (imap: ScriptedImap, command: ImapCommand, line: ImapLine) => void;

const ok: Answer = (_, { tag }, { say }) => say(`${tag} OK done`);
const refuse: Answer = (_, { tag, name }, { say }) => say(`${tag} BAD ${name} is not known here`);

const ANSWERS: Record<string, Answer> = {
  CAPABILITY({ capabilities }, command, line) {
    line.say(`* CAPABILITY ${capabilities}`);
    line.say(`${command.tag} OK done`);
  },
  ID: ok,
  NOOP: ok,
  LOGIN: ok,
  ENABLE: ok,
  CREATE: ok,
  NAMESPACE(_, { tag }, { say }) {
    say('* NAMESPACE (("" "/")) NIL NIL');
    say(`${tag} OK done`);
  },
  LIST(_, { tag, args }, { say }) {
    say(args === '"" ""' ? '* LIST (\\Noselect) "/" ""' : '* LIST () "/" INBOX');
    say(`${tag} OK done`);
  },
  LSUB: ok,
  LOGOUT(_, { tag }, line) {
    line.say('* BYE');
    line.say(`${tag} OK done`);
    line.socket.end();
  },
  SELECT({ messages, validity, permanentFlags, modseq }, { tag }, { say }) {
    say('* FLAGS (\\Seen \\Deleted)');
    say(`* OK [PERMANENTFLAGS (${permanentFlags})] limited`);
    say(`* ${messages.length} EXISTS`);
    say(`* OK [UIDVALIDITY ${validity}] valid`);
    say(`* OK [UIDNEXT ${Math.max(0, ...messages.map(({ uid }) => uid)) + 1}] next`);
    if (modseq !== null) say(`* OK [HIGHESTMODSEQ ${modseq}] highest`);
    say(`${tag} OK [READ-WRITE] selected`);
  },
  'UID SEARCH'({ messages }, { tag, args }, { say }) {
    const [, set] = /^UID (\S+)/.exec(args) ?? [];
    const [, least = 0] = /^MODSEQ (\d+)/.exec(args) ?? [];
    const found = messages.filter(
      ({ uid, modseq = 1 }) => (!set || inSet(set, messages.at(-1)?.uid)(uid)) && modseq >= Number(least),
    );
    say(`* SEARCH ${found.map(({ uid }) => uid).join(' ')}`.trimEnd());
    say(`${tag} OK searched`);
  },
  'UID FETCH'(_, command, line) {
    for (const message of command.messages) for (const part of line.row(command, message)) line.write(part);
    line.say(`${command.tag} OK fetched`);
  },
  'UID STORE'(imap, { tag, args }, { say }) {
    const [, set = '', flags = ''] = /^(\S+) \+FLAGS\S* \((.*)\)$/.exec(args) ?? [];
    for (const { uid } of imap.messages.filter((message) => inSet(set)(message.uid)))
      imap.flags.set(uid, new Set([...(imap.flags.get(uid) ?? []), ...flags.split(' ')]));
    say(`${tag} OK stored`);
  },
  'UID MOVE'(imap, { tag, args }, { say }) {
    const [, set = '', folder = ''] = /^(\S+) "?(.*?)"?$/.exec(args) ?? [];
    for (const { uid } of imap.messages.filter((message) => inSet(set)(message.uid))) imap.moved.set(uid, folder);
    imap.messages = imap.messages.filter(({ uid }) => !imap.moved.has(uid));
    say(`${tag} OK moved`);
  },
};
