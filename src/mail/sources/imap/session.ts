import { ImapFlow, type FetchMessageObject, type FetchQueryObject, type SearchObject } from 'imapflow';
import { SourceUnavailable } from '../unavailable.ts';
import { readTrouble } from './imap-errors.ts';
import { uidSet } from './message-key.ts';
import { PATIENCE, type ImapOptions } from './options.ts';

/** What a FETCH answered about one message; a part that is missing was not given. */
export interface Row {
  uid: number;
  size: number | null;
  receivedAt: Date | null;
  bytes: Buffer | null;
}

/** The folder as the server described it when it was selected. */
export interface Selected {
  /** UIDVALIDITY, in digits. */
  validity: string;
  exists: number;
  /** Keywords of our own may be set (PERMANENTFLAGS has \*). */
  keywords: boolean;
  readOnly: boolean;
  /** HIGHESTMODSEQ (RFC 7162) and UIDNEXT; null: it did not say. */
  modseq: bigint | null;
  next: number | null;
  /** performance.now() */
  at: number;
}

/** One signed-in connection with the folder selected. It never sets \Seen and never expunges. */
export interface ImapSession {
  readonly usable: boolean;
  readonly folder: string;
  readonly selected: Selected;
  readonly capabilities: ReadonlySet<string>;
  /** `TLSv1.3`, or null in clear. */
  readonly tls: string | null;
  /** Selects the folder again, so that what is known of it is of now. */
  select(): Promise<Selected>;
  /** UIDs (UID SEARCH), ascending. Throws when the server does not answer with a list. */
  search(query: SearchObject): Promise<number[]>;
  /** Size and time of arrival. */
  sizes(uids: readonly number[]): AsyncGenerator<Row>;
  /** Whole messages; `bytes` is what they have together. */
  bodies(uids: readonly number[], bytes: number): AsyncGenerator<Row>;
  /** A piece of a message, shorter than asked at its end; null when the server gave none. */
  piece(uid: number, start: number, length: number): Promise<Buffer | null>;
  /** Marks messages with a keyword. */
  mark(uids: readonly number[], keyword: string): Promise<void>;
  /** Moves messages (RFC 6851) into a folder, which is made when it is missing. */
  move(uids: readonly number[], folder: string): Promise<void>;
  close(): void;
}

export interface SessionEvents {
  /** The server told of a new message. */
  news: () => void;
  /** Ends the session, also while it is being opened. */
  signal: AbortSignal;
}

/** Milliseconds without a command after which IDLE begins, and after which it is begun anew (RFC 2177 asks for less than 29 minutes). */
const IDLE = { after: 50, renewed: 9 * 60_000 };
/** A server that gives fewer bytes a second than this is as good as silent. */
const SLOWEST = 50_000;
const ABOVE_LITERAL = 32 * 1024 * 1024;

/** Why a connection broke: its commands only hear that it did. */
const fatal = new WeakMap<ImapFlow, Error>();

/** Connects, signs in and selects the folder. Whatever fails here is about the source, never about a message. */
export async function openSession(
  options: ImapOptions & { maxBytes: number },
  credentials: { pass: string } | { accessToken: string },
  events: SessionEvents,
): Promise<ImapSession> {
  const patience = { ...PATIENCE, ...options.patience };
  const client = new ImapFlow(flowOptions(options, credentials, patience));
  client.on('error', (error: Error) => fatal.set(client, error)); // whoever waits for an answer hears of it there
  client.on('exists', () => events.news());
  const end = () => client.close();
  events.signal.addEventListener('abort', end);
  client.on('close', () => events.signal.removeEventListener('abort', end));
  try {
    events.signal.throwIfAborted();
    await within(client, patience.connect, 'signing in', client.connect());
    return await session(client, options.folder, patience);
  } catch (error) {
    client.close();
    throw readTrouble(error, options);
  }
}

function flowOptions(
  { host, port, tls, user, ca, maxBytes }: ImapOptions & { maxBytes: number },
  credentials: { pass: string } | { accessToken: string },
  patience: typeof PATIENCE,
): ConstructorParameters<typeof ImapFlow>[0] {
  const maxLiteralSize = Math.max(ABOVE_LITERAL, Math.ceil(maxBytes * 1.2));
  return {
    ...{ host, port, auth: { user, ...credentials } },
    secure: tls === 'implicit',
    ...(tls !== 'implicit' && { doSTARTTLS: tls === 'starttls' }),
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca && { ca }) },
    clientInfo: { name: 'SmartSupport' },
    ...{ logger: false, autoIdleDelay: IDLE.after, maxIdleTime: IDLE.renewed },
    ...{ connectionTimeout: patience.connect, greetingTimeout: patience.connect, socketTimeout: patience.silence },
    ...{ maxLiteralSize, maxLineLength: ABOVE_LITERAL, maxResponseSize: maxLiteralSize + ABOVE_LITERAL },
  };
}

async function session(client: ImapFlow, folder: string, patience: typeof PATIENCE): Promise<ImapSession> {
  const command = <T>(what: string, work: Promise<T>) => within(client, patience.command, what, work);
  const transfer = (bytes: number) => patience.silence + (bytes / SLOWEST) * 1000;
  const rows = (uids: readonly number[], query: FetchQueryObject, patience: number) =>
    fetchRows(client, client.fetch(uidSet(uids), { uid: true, ...query }, { uid: true }), patience);

  async function select(): Promise<Selected> {
    const opened = await command('selecting the folder', client.mailboxOpen(folder));
    const keywords = opened.permanentFlags?.has('\\*') ?? false;
    const { uidValidity, exists, readOnly = false } = opened;
    const sequence = { modseq: opened.highestModseq ?? null, next: opened.uidNext ?? null };
    selected = { validity: String(uidValidity), exists, keywords, readOnly, ...sequence, at: performance.now() };
    return selected;
  }

  async function first(uid: number, query: FetchQueryObject, bytes: number): Promise<FetchMessageObject | null> {
    const fetched = client.fetchOne(String(uid), { uid: true, ...query }, { uid: true });
    return (await within(client, transfer(bytes), 'fetching', fetched)) || null;
  }

  let selected: Selected = {
    validity: '',
    exists: 0,
    keywords: false,
    readOnly: true,
    modseq: null,
    next: null,
    at: 0,
  };
  await select();
  return {
    folder,
    get usable() {
      return client.usable;
    },
    get selected() {
      return { ...selected, exists: client.mailbox ? client.mailbox.exists : selected.exists };
    },
    get capabilities() {
      return new Set(client.capabilities.keys());
    },
    get tls() {
      return client.tls ? client.tls.version : null;
    },
    select,
    async search(query) {
      const found = await command('searching', client.search(query, { uid: true }));
      if (!Array.isArray(found)) throw new SourceUnavailable('unreachable', 'The server refused to search the folder');
      return found;
    },
    sizes: (uids) => rows(uids, { size: true, internalDate: true }, patience.command),
    bodies: (uids, bytes) => rows(uids, { size: true, internalDate: true, source: true }, transfer(bytes)),
    piece: async (uid, start, length) =>
      (await first(uid, { source: { start, maxLength: length } }, length))?.source ?? null,
    async mark(uids, keyword) {
      const options = { uid: true, silent: true };
      const done = await command('setting a keyword', client.messageFlagsAdd(uidSet(uids), [keyword], options));
      if (!done) throw new Error(`The server did not set the keyword ${keyword}`);
    },
    async move(uids, to) {
      await command('making a folder', client.mailboxCreate(to)); // says so when it is there
      const done = await command('moving', client.messageMove(uidSet(uids), to, { uid: true }));
      if (!done) throw new Error(`The server did not move the messages to ${to}`);
    },
    close: () => client.close(),
  };
}

/** The rows of a FETCH, which must have ended in `patience` ms. Rows that do not say which message they are about are left out. */
async function* fetchRows(
  client: ImapFlow,
  messages: AsyncIterable<FetchMessageObject>,
  patience: number,
): AsyncGenerator<Row> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    client.close();
  }, patience);
  try {
    for await (const { uid, size, internalDate, source } of messages)
      if (uid)
        yield {
          uid,
          size: size ?? null,
          receivedAt: internalDate instanceof Date ? internalDate : null,
          bytes: source ? source : null,
        };
  } catch (error) {
    throw late ? tooLate('fetching', patience) : (fatal.get(client) ?? error);
  } finally {
    clearTimeout(timer);
  }
}

/** A command that has not ended in time ends its connection, so that nothing waits behind it. */
async function within<T>(client: ImapFlow, patience: number, what: string, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    client.close();
    reject(tooLate(what, patience));
  }, patience);
  const settled = work.catch((error: unknown) => {
    throw fatal.get(client) ?? error;
  });
  settled.catch(() => undefined); // by the close that comes too late for anybody to wait for it
  return Promise.race([settled, late]).finally(() => clearTimeout(timer));
}

function tooLate(what: string, patience: number): Error {
  return new Error(`The server took longer than ${Math.round(patience / 1000)} s for ${what}`);
}
