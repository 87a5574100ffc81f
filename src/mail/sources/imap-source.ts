import { Readable } from 'node:stream';
import { examineImap } from './imap/examine-imap.ts';
import { fetchWhole, type SizeTrust } from './imap/fetch-whole.ts';
import { readTrouble } from './imap/imap-errors.ts';
import { listChanges, listDays, type ModseqTrust } from './imap/list-changes.ts';
import { messageKey, readMessageKey, type MessageKey } from './imap/message-key.ts';
import type { ImapOptions } from './imap/options.ts';
import { openSession, type ImapSession } from './imap/session.ts';
import type { Listing, Source } from './source.ts';
import { SourceUnavailable } from './unavailable.ts';

/** What messages that are done get, where the server lets us; where it does not, they move to this folder. */
export const DONE_KEYWORD = '$SmartSupport';
export const DONE_FOLDER = 'Ingested';

/** Milliseconds between two polls, as a backstop to IDLE, and the age at which what is known of the folder is asked for anew. */
const POLL_EVERY = 60_000;
const RESELECT_AFTER = 50_000;
/** Messages of one STORE or MOVE. */
const PART = 500;

type Cursor = Partial<Record<'folder' | 'validity' | 'uid', unknown>>;

/**
 * A folder of an IMAP account (RFC 3501). The cursor is the highest UID and the UIDVALIDITY it belongs to; flags are never asked for, so what people
 * do with their mail changes nothing. IDLE wakes, a poll every minute makes up for what it missed.
 */
export function imapSource(options: ImapOptions & { maxBytes: number }): Source {
  const sizes: SizeTrust = { disproved: 0 };
  const modseqs: ModseqTrust = { disproved: false };
  let open: Promise<ImapSession> | null = null;
  let tell: () => void = () => undefined;
  let ending = new AbortController();

  async function connect(): Promise<ImapSession> {
    const session = await open?.catch(() => null);
    if (session?.usable) return session;
    session?.close();
    open = signIn();
    return open;
  }

  async function signIn(): Promise<ImapSession> {
    const events = { news: () => tell(), signal: ending.signal };
    const { auth } = options;
    if ('password' in auth) return openSession(options, { pass: auth.password }, events);
    const accessToken = await auth.accessToken({ fresh: false });
    return openSession(options, { accessToken }, events).catch(async (error: unknown) => {
      if (!(error instanceof SourceUnavailable && error.trouble === 'auth')) throw error;
      return openSession(options, { accessToken: await auth.accessToken({ fresh: true }) }, events);
    });
  }

  /** What fails within is about the mailbox as a whole. A connection that was lost while nobody used it is replaced once. */
  async function withSession<T>(work: (session: ImapSession) => Promise<T>): Promise<T> {
    try {
      const kept = await open?.catch(() => null);
      const session = await connect();
      return await work(session).catch(async (error: unknown) => {
        if (session !== kept || session.usable) throw error;
        return work(await connect());
      });
    } catch (error) {
      throw readTrouble(error, options);
    }
  }

  const nameOf = (session: ImapSession) => (uid: number) =>
    messageKey({ folder: session.folder, validity: session.selected.validity, uid });

  async function* fetchMany(keys: readonly string[], limit: number) {
    const wanted = keys.map(readMessageKey).filter((key): key is MessageKey => key !== null);
    try {
      yield* fetchWhole({ connect, keys: wanted, limit, sizes });
    } catch (error) {
      throw readTrouble(error, options);
    }
  }

  return {
    pollEvery: POLL_EVERY,

    list: (cursor: Cursor) =>
      withSession(async (session): Promise<Listing> => {
        if (performance.now() - session.selected.at > RESELECT_AFTER) await session.select();
        const { folder, selected } = session;
        const { validity } = selected;
        const known = cursor.folder === folder ? cursor : {};
        const last = known.validity === validity ? Number(known.uid) : 0;
        // The range n:* always holds the last message, even when its UID is below n.
        const found = last > 0 ? await session.search({ uid: `${last + 1}:*` }) : await session.search({ all: true });
        const uids = found.filter((uid) => uid > last);
        const changed = known.validity !== undefined && known.validity !== validity;
        return {
          keys: uids.map(nameOf(session)),
          cursor: { folder, validity, uid: uids.at(-1) ?? last },
          ...(changed && { renumbered: `UIDVALIDITY was ${String(known.validity)} and is ${validity}` }),
        };
      }),

    listSince: (days) => withSession(async (session) => (await listDays(session, days)).map(nameOf(session))),

    listChanges: (days, mark) =>
      withSession(async (session) => {
        const { uids, ...next } = await listChanges(session, { days, mark, trust: modseqs });
        return { keys: uids.map(nameOf(session)), ...next };
      }),

    fetchMany,

    async fetch(key): Promise<Readable | null> {
      for await (const fetched of fetchMany([key], options.maxBytes)) {
        if ('raw' in fetched) return Readable.from(fetched.raw);
        if ('gone' in fetched) return null;
        if ('failure' in fetched) throw fetched.failure;
      }
      throw new Error('The message cannot be fetched now');
    },

    acknowledge: (keys) =>
      withSession(async (session) => {
        const { folder, selected, capabilities } = session;
        const uids = keys.flatMap((key) => {
          const read = readMessageKey(key);
          return read?.folder === folder && read.validity === selected.validity ? read.uid : [];
        });
        if (selected.readOnly) return;
        for (let from = 0; from < uids.length; from += PART) {
          const part = uids.slice(from, from + PART);
          if (selected.keywords) await session.mark(part, DONE_KEYWORD);
          else if (capabilities.has('MOVE')) await session.move(part, DONE_FOLDER);
        }
      }),

    examine: () => examineImap(options, connect),

    onNews(listener) {
      tell = listener;
    },

    async close() {
      ending.abort(new Error('The mailbox was closed'));
      ending = new AbortController();
      await open?.catch(() => null);
      open = null;
    },
  };
}
