import { pipeline, type Readable } from 'node:stream';
import { gmail, type gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js';
import { gmailCalls, type GmailCallOptions } from './gmail-call.ts';
import { examineGmail } from './gmail-examine.ts';
import { gmailLabels } from './gmail-labels.ts';
import { rawOfJson, type RawOfJson } from './gmail-raw.ts';
import { silenceLimit } from './silence-limit.ts';
import type { Fetched, Listing, Source } from './source.ts';
import { SourceUnavailable } from './unavailable.ts';

export interface GmailOptions extends GmailCallOptions {
  /** Messages with this label are read, by its name or id. */
  label?: string;
  /** Name of the label that applied messages get; null: none (the scope gmail.readonly suffices). */
  doneLabel?: string | null;
  /** Pub/Sub topic that Gmail publishes changes to; null: we only poll. */
  topic?: string | null;
  /** Replaces https://gmail.googleapis.com. */
  apiUrl?: string | null;
  /** Milliseconds that one request may take; for a message, that it may say nothing. */
  timeout?: number;
}

/** A Gmail mailbox read by its API. */
export interface GmailSource extends Source {
  listSince(days: number): Promise<readonly string[]>;
}

interface Cursor {
  historyId?: unknown;
  /** Id of the label that it was read for. */
  label?: unknown;
  /** When it was read. */
  at?: unknown;
  /** Messages that came since the one before, and were not under the label when we looked. */
  elsewhere?: unknown;
}

/** Days that a full listing goes back at least when the history is gone, and the milliseconds of one. */
const FULL_DAYS = 30;
const DAY = 24 * 3_600_000;
/** Milliseconds of one request without an answer. */
const TIMEOUT = 60_000;
const PAGE = 500;
const CHANGES = ['messageAdded', 'labelAdded', 'labelRemoved'];
const BATCH = 1000;
/** Messages elsewhere that a cursor remembers. */
const REMEMBERED = 500;

/**
 * The committed cursor is a historyId. Changes since it are read whole, every page from the same start, before the cursor moves; when Gmail
 * has forgotten it, everything since then is listed (30 days at least) and what the ledger knows falls away. Labels are only an acknowledgement.
 */
export function gmailSource(options: GmailOptions): GmailSource {
  const {
    auth,
    label: labelName = 'INBOX',
    doneLabel = null,
    topic: topicName = null,
    apiUrl,
    now = () => new Date(),
  } = options;
  const { users } = gmail({ version: 'v1', auth, ...(apiUrl && { rootUrl: `${apiUrl}/` }) });
  let ending = new AbortController();
  const request = () => ({ retry: false, timeout: options.timeout ?? TIMEOUT, signal: ending.signal });
  const call = gmailCalls(options);
  const labels = gmailLabels(users, call, request);

  async function currentHistoryId(): Promise<string> {
    const profile = await call('getProfile', () => users.getProfile({ userId: 'me' }, request()));
    const id = profile?.data.historyId;
    if (!id) throw new SourceUnavailable('permission', 'This account has no Gmail');
    return id;
  }

  const cursorAt = (historyId: string, label: string, elsewhere: readonly string[] = []) => {
    return { historyId, label, at: now().toISOString(), ...(elsewhere.length > 0 && { elsewhere }) };
  };

  /** The moment is taken before the listing: what comes meanwhile is in the history after it. */
  async function listAll(label: string, lastRead: unknown): Promise<Listing> {
    const cursor = cursorAt(await currentHistoryId(), label);
    const away = typeof lastRead === 'string' ? (now().getTime() - Date.parse(lastRead)) / DAY : 0;
    return { keys: await listDays(label, Math.max(FULL_DAYS, Math.ceil(away) + 1)), cursor };
  }

  async function listDays(label: string, days: number): Promise<string[]> {
    const keys: string[] = [];
    let pageToken: string | undefined;
    do {
      const params = {
        userId: 'me',
        labelIds: [label],
        q: `newer_than:${days}d`,
        maxResults: PAGE,
        ...(pageToken && { pageToken }),
      };
      const page = await call('messages.list', () => users.messages.list(params, request()));
      keys.push(...(page?.data.messages ?? []).flatMap(({ id }) => id ?? []));
      pageToken = page?.data.nextPageToken ?? undefined;
    } while (pageToken);
    return keys;
  }

  async function listChanges(label: string, startHistoryId: string, before: unknown): Promise<Listing | null> {
    const records: gmail_v1.Schema$History[] = [];
    let historyId: string | null = null;
    let pageToken: string | undefined;
    do {
      const params = {
        userId: 'me',
        startHistoryId,
        historyTypes: CHANGES,
        maxResults: PAGE,
        ...(pageToken && { pageToken }),
      };
      const page = await call('history.list', () => users.history.list(params, request()));
      if (!page) return null;
      records.push(...(page.data.history ?? []));
      // Of the first page: what comes while the others are asked for may be in none of them, and is listed again.
      historyId ??= page.data.historyId ?? null;
      pageToken = page.data.nextPageToken ?? undefined;
    } while (pageToken);
    const { keys, elsewhere } = arrived(records, label, new Set(Array.isArray(before) ? before.map(String) : []));
    return { keys, cursor: cursorAt(historyId ?? startHistoryId, label, elsewhere) };
  }

  /** null: Gmail says that there is no such message. */
  async function open(id: string): Promise<RawOfJson | null> {
    const params = { userId: 'me', id, format: 'raw' };
    const silence = silenceLimit(options.timeout ?? TIMEOUT, ending.signal);
    const answer = await call('messages.get', () => {
      silence.wait();
      return users.messages.get(params, { retry: false, signal: silence.signal, responseType: 'stream' });
    }).finally(silence.answered);
    if (!answer) return null;
    const opened = rawOfJson(id);
    pipeline(silence.pieces(answer.data), opened.raw, () => undefined); // whoever reads the raw sees its failure
    return opened;
  }

  async function openOne(key: string): Promise<Fetched> {
    try {
      const opened = await open(key);
      return opened ? { key, ...opened } : { key, gone: 'Gmail does not know the message any more (404)' };
    } catch (error) {
      if (error instanceof SourceUnavailable) throw error;
      return { key, failure: error };
    }
  }

  /** For seven days (users.watch). */
  async function watch(topicName: string): Promise<Date> {
    const requestBody = { topicName, labelIds: [await labels.idOf(labelName)], labelFilterBehavior: 'include' };
    const answer = await call('watch', () => users.watch({ userId: 'me', requestBody }, request()));
    return new Date(Number(answer?.data.expiration ?? 0));
  }

  return {
    async list({ historyId, label: ofLabel, at, elsewhere }: Cursor) {
      const label = await labels.idOf(labelName);
      const known = typeof historyId === 'string' && ofLabel === label;
      const changes = known ? await listChanges(label, historyId, elsewhere) : null;
      return changes ?? listAll(label, at);
    },

    listSince: async (days) => listDays(await labels.idOf(labelName), days),

    fetch: async (key): Promise<Readable | null> => (await open(key))?.raw ?? null,

    /** One after the other: a message is a request of its own, and most of the quota. */
    async *fetchMany(keys) {
      for (const key of keys) yield await openOne(key);
    },

    async acknowledge(keys) {
      if (!doneLabel || keys.length === 0) return;
      const addLabelIds = [await labels.make(doneLabel)];
      for (let from = 0; from < keys.length; from += BATCH) {
        const requestBody = { ids: keys.slice(from, from + BATCH), addLabelIds };
        await call('messages.batchModify', () =>
          users.messages.batchModify({ userId: 'me', requestBody }, request()),
        ).catch((error: unknown) => {
          labels.forget(); // it may have been deleted
          throw error;
        });
      }
    },

    ...(topicName && { pushNews: () => watch(topicName) }),

    examine: () => examineGmail({ ...{ users, auth, call, labels, request, now }, label: labelName, doneLabel }),

    close() {
      ending.abort(new Error('The mailbox was closed'));
      ending = new AbortController();
      return Promise.resolve();
    },
  };
}

/**
 * Messages that came under the watched label: new ones, old ones that a filter or a person put there later, and new ones that somebody
 * moved away before we looked, whichever labels Gmail shows for them now. `before`: those that were elsewhere when the changes before these were
 * read; that they were moved away may stand here only.
 */
function arrived(records: readonly gmail_v1.Schema$History[], label: string, before: ReadonlySet<string>) {
  const keys = new Set<string>();
  const elsewhere = new Set<string>();
  for (const { messagesAdded = [], labelsAdded = [], labelsRemoved = [] } of records) {
    for (const { message } of messagesAdded)
      if (message?.id) (message.labelIds?.includes(label) ? keys : elsewhere).add(message.id);
    for (const { message, labelIds } of labelsAdded) if (message?.id && labelIds?.includes(label)) keys.add(message.id);
    for (const { message, labelIds } of labelsRemoved)
      if (message?.id && labelIds?.includes(label) && (elsewhere.has(message.id) || before.has(message.id)))
        keys.add(message.id);
  }
  return { keys: [...keys], elsewhere: [...elsewhere].filter((id) => !keys.has(id)).slice(-REMEMBERED) };
}
