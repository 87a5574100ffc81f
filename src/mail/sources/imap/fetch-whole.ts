import { Readable } from 'node:stream';
import type { Fetched } from '../source.ts';
import { SourceUnavailable } from '../unavailable.ts';
import { isNotNow, wordsOf } from './imap-errors.ts';
import { headerIn } from '../header-in.ts';
import { inPieces } from './in-pieces.ts';
import { messageKey, type MessageKey } from './message-key.ts';
import type { ImapSession, Row } from './session.ts';

/** Messages of one command: so many, or so many bytes. A larger message is fetched in pieces. */
const TOGETHER = { messages: 100, bytes: 2 * 1024 * 1024, each: 1024 * 1024 };

export interface FetchWhole {
  /** A session that is usable, a new one when the last one broke. */
  connect: () => Promise<ImapSession>;
  keys: readonly MessageKey[];
  /** bytes */
  limit: number;
  /** What is known of this server's RFC822.SIZE; remembered between calls. */
  sizes: SizeTrust;
}

/** Bytes of a header that are looked at. */
const HEADER = 256 * 1024;

/** Some servers (Exchange) estimate sizes: when often enough two copies agreed against the size, sizes count no more. */
export interface SizeTrust {
  disproved: number;
}
const DISPROVED = 3;

/**
 * Whole messages, many with one command; what does not come that way is asked for alone, so that a message that breaks the connection
 * or confuses the server is found out and holds nobody. `gone` only with proof.
 */
export async function* fetchWhole({ keys, limit, sizes, ...given }: FetchWhole): AsyncGenerator<Fetched> {
  const { folder, selected } = await given.connect();
  const { validity } = selected;
  const connect = () => sameNumbers(given.connect, validity);
  const name = (uid: number) => messageKey({ folder, validity, uid });
  const uids: number[] = [];
  for (const key of keys)
    if (key.folder === folder && key.validity === validity) uids.push(key.uid);
    else yield { key: messageKey(key), later: 'the folder has given its messages new numbers meanwhile' };

  const { rows, alone } = await describe(connect, uids);
  for (const group of groups([...rows.values()].filter((row) => !isLarge(row, limit)))) {
    const left = new Set(group.map(({ uid }) => uid));
    for await (const row of tolerant(connect, (session) => session.bodies([...left], total(group)))) {
      // A row about a message that was not asked for, or without a body, says nothing about ours.
      if (row.bytes === null || !left.delete(row.uid)) continue;
      if (!agrees(row, rows, sizes)) alone.push(row.uid);
      else yield { key: name(row.uid), raw: row.bytes, receivedAt: row.receivedAt };
    }
    alone.push(...left);
  }

  const unanswered: number[] = [];
  alone.push(...[...rows.values()].filter((row) => isLarge(row, limit)).map(({ uid }) => uid));
  for (const uid of alone) {
    const fetched = await fetchAlone({ connect, uid, known: rows.get(uid), limit, sizes });
    if (fetched === null) unanswered.push(uid);
    else yield { key: name(uid), ...fetched };
  }
  for (const uid of uids) if (!rows.has(uid) && !alone.includes(uid)) unanswered.push(uid);
  if (unanswered.length > 0)
    for (const [uid, end] of await prove(connect, validity, unanswered)) yield { key: name(uid), ...end };
}

type End = Fetched extends infer F ? (F extends { key: string } ? Omit<F, 'key'> : never) : never;

/** Under another UIDVALIDITY the same UID is another message. */
async function sameNumbers(connect: FetchWhole['connect'], validity: string): Promise<ImapSession> {
  const session = await connect();
  if (session.selected.validity === validity) return session;
  throw new SourceUnavailable('unreachable', 'The folder has given its messages new numbers meanwhile');
}

/** Sizes of all that the server tells of; `alone`: the command broke, so each is asked about by itself. */
async function describe(connect: FetchWhole['connect'], uids: readonly number[]) {
  const rows = new Map<number, Row>();
  const alone: number[] = [];
  const wanted = new Set(uids);
  let broke = false;
  for await (const row of tolerant(
    connect,
    (session) => session.sizes(uids),
    () => (broke = true),
  ))
    if (wanted.has(row.uid)) rows.set(row.uid, row);
  if (broke) alone.push(...uids.filter((uid) => !rows.has(uid)));
  return { rows, alone };
}

/** The rows that came before a command failed. What the server cannot do at all now rises. */
async function* tolerant(
  connect: FetchWhole['connect'],
  ask: (session: ImapSession) => AsyncGenerator<Row>,
  broke: (error: unknown) => void = () => undefined,
): AsyncGenerator<Row> {
  const session = await connect();
  try {
    yield* ask(session);
  } catch (error) {
    if (isNotNow(error)) throw new SourceUnavailable('unreachable', wordsOf(error), null, { cause: error });
    broke(error);
  }
}

const isLarge = ({ size }: Row, limit: number) => size === null || size > Math.min(TOGETHER.each, limit);
const total = (rows: readonly Row[]) => rows.reduce((sum, { size }) => sum + (size ?? 0), 0);

function groups(rows: readonly Row[]): Row[][] {
  const made: Row[][] = [];
  let bytes = Infinity;
  for (const row of rows) {
    const group = made.at(-1);
    bytes += row.size ?? 0;
    if (!group || group.length >= TOGETHER.messages || bytes > TOGETHER.bytes) {
      made.push([row]);
      bytes = row.size ?? 0;
    } else group.push(row);
  }
  return made;
}

function agrees({ uid, bytes }: Row, rows: ReadonlyMap<number, Row>, sizes: SizeTrust): boolean {
  return sizes.disproved >= DISPROVED || bytes?.length === rows.get(uid)?.size;
}

interface Alone {
  connect: FetchWhole['connect'];
  uid: number;
  known: Row | undefined;
  limit: number;
  sizes: SizeTrust;
}

/** One message by itself; null: the server said nothing about it. */
async function fetchAlone({ connect, uid, known, limit, sizes }: Alone): Promise<End | null> {
  const session = await connect();
  try {
    const row = known ?? (await one(session.sizes([uid]), uid));
    if (!row) return null;
    const { size, receivedAt } = row;
    if (size !== null && size > limit) return { tooLarge: size, header: await headerOf(session, uid), receivedAt };
    if (isLarge(row, limit)) {
      const judge = sizes.disproved < DISPROVED ? size : null;
      return { raw: Readable.from(inPieces(session, uid, judge), { objectMode: false }), receivedAt };
    }
    const first = await one(session.bodies([uid], size ?? 0), uid);
    if (!first) return null;
    if (first.bytes === null) return { failure: new Error('The server answered without the message (NIL)') };
    if (first.bytes.length === size) return { raw: first.bytes, receivedAt };
    const second = await one(session.bodies([uid], size ?? 0), uid);
    if (!second?.bytes?.equals(first.bytes))
      return { failure: new Error(`The server says ${size} bytes and gave ${first.bytes.length}, then others`) };
    sizes.disproved++;
    return { raw: first.bytes, receivedAt };
  } catch (error) {
    if (error instanceof SourceUnavailable) throw error;
    if (isNotNow(error)) throw new SourceUnavailable('unreachable', wordsOf(error), null, { cause: error });
    return { failure: error };
  }
}

async function one(rows: AsyncGenerator<Row>, uid: number): Promise<Row | null> {
  let found: Row | null = null;
  for await (const row of rows) if (row.uid === uid && (found === null || row.bytes)) found = row;
  return found;
}

/** What a message too large to keep begins with, up to the end of its header. */
async function headerOf(session: ImapSession, uid: number): Promise<Buffer | null> {
  const head = await session.piece(uid, 0, HEADER).catch(() => null);
  return head && headerIn(head);
}

/**
 * A message is gone when the folder, selected anew and still numbered as before, is listed completely (as many as it says to hold) and does not
 * have it. An answer that is missing proves nothing.
 */
async function prove(
  connect: FetchWhole['connect'],
  validity: string,
  uids: readonly number[],
): Promise<Map<number, End>> {
  const session = await connect();
  const selected = await session.select();
  const listed = new Set(await session.search({ all: true }));
  const complete = selected.validity === validity && listed.size === session.selected.exists;
  return new Map(
    uids.map((uid) => [
      uid,
      listed.has(uid)
        ? { failure: new Error('The server lists the message and does not give it') }
        : complete
          ? { gone: `a complete listing of the folder (${listed.size} messages) does not have it` }
          : { later: 'the listing of the folder is not complete' },
    ]),
  );
}
