import { randomInt } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';
import { gmail, type gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js';
import { forgetAccessToken, type GmailAuth } from './gmail-auth.ts';
import { readFailure, unavailable } from './gmail-errors.ts';
import { quotaBucket, type GmailOperation } from './gmail-quota.ts';
import { rawOfJson } from './gmail-raw.ts';
import type { Listing, Source } from './source.ts';
import { SourceUnavailable } from './unavailable.ts';

export interface GmailOptions {
  auth: GmailAuth;
  /** Messages with this label are read: a system label such as INBOX, or the id of one's own. */
  label?: string;
  /** Name of the label that applied messages get; null: none (the scope gmail.readonly suffices). */
  doneLabel?: string | null;
  /** Replaces https://gmail.googleapis.com. */
  apiUrl?: string | null;
  /** Milliseconds that one request may take. */
  timeout?: number;
  now?: () => Date;
  random?: () => number;
  spend?: (operation: GmailOperation) => Promise<void>;
}

/** A Gmail mailbox read by its API. */
export interface GmailSource extends Source {
  /** Keys of the last so many days, to be compared with the ledger. */
  listSince(days: number): Promise<readonly string[]>;
  /** Asks Gmail to publish changes to a Pub/Sub topic for seven days; only a wake-up. Gives the moment it ends. */
  watch(topicName: string): Promise<Date>;
}

/** Days that a full listing goes back when the history is gone. */
const FULL_DAYS = 30;
/** Milliseconds of one request without an answer. */
const TIMEOUT = 60_000;
const PAGE = 500;
const CHANGES = ['messageAdded', 'labelAdded', 'labelRemoved'];
const BATCH = 1000;
/** Milliseconds of the first and the longest wait after a failure, with full jitter. */
const BACKOFF = { first: 1000, most: 64_000 };

/**
 * The committed cursor is a historyId. Changes since it are read whole, every page from the same start, before the cursor moves; when Gmail
 * has forgotten it, everything of the last 30 days is listed and what the ledger knows falls away. Labels are only an acknowledgement.
 */
export function gmailSource(options: GmailOptions): GmailSource {
  const {
    auth,
    label = 'INBOX',
    doneLabel = null,
    apiUrl,
    now = () => new Date(),
    random = () => randomInt(1_000_000) / 1_000_000,
  } = options;
  const { users } = gmail({ version: 'v1', auth, ...(apiUrl && { rootUrl: `${apiUrl}/` }) });
  const spend = options.spend ?? quotaBucket();
  const request = { retry: false, timeout: options.timeout ?? TIMEOUT };
  let failures = 0;
  let pausedUntil: Date | null = null;
  let doneLabelId: string | null = null;

  /** One request within the quota. A failure that concerns the whole account pauses it; null: what was asked for does not exist. */
  async function call<T>(operation: GmailOperation, send: () => Promise<T>): Promise<T | null> {
    if (pausedUntil && pausedUntil > now())
      throw new SourceUnavailable('unreachable', 'Gmail asked for a pause', pausedUntil);
    await spend(operation);
    try {
      const answer = await withFreshToken(auth, send);
      failures = 0;
      pausedUntil = null;
      return answer;
    } catch (error) {
      const failure = readFailure(error);
      if (failure?.kind === 'missing') return null;
      if (!failure) throw error;
      if (failure.kind !== 'retry') throw unavailable(failure.kind, failure.words, now(), error);
      const wait = failure.after ?? random() * Math.min(BACKOFF.most, BACKOFF.first * 2 ** failures++);
      pausedUntil = new Date(now().getTime() + wait);
      const words = `Gmail could not be asked (${operation}): ${(error as Error).message}`;
      throw new SourceUnavailable('unreachable', words, pausedUntil, { cause: error });
    }
  }

  async function currentHistoryId(): Promise<string> {
    const profile = await call('getProfile', () => users.getProfile({ userId: 'me' }, request));
    const id = profile?.data.historyId;
    if (!id) throw new SourceUnavailable('permission', 'This account has no Gmail');
    return id;
  }

  /** The moment is taken before the listing: what comes meanwhile is in the history after it. */
  async function listAll(): Promise<Listing> {
    const historyId = await currentHistoryId();
    return { keys: await listSince(FULL_DAYS), cursor: { historyId } };
  }

  async function listSince(days: number): Promise<string[]> {
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
      const page = await call('messages.list', () => users.messages.list(params, request));
      keys.push(...(page?.data.messages ?? []).flatMap(({ id }) => id ?? []));
      pageToken = page?.data.nextPageToken ?? undefined;
    } while (pageToken);
    return keys;
  }

  async function listChanges(startHistoryId: string): Promise<Listing | null> {
    const records: gmail_v1.Schema$History[] = [];
    let historyId = startHistoryId;
    let pageToken: string | undefined;
    do {
      const params = {
        userId: 'me',
        startHistoryId,
        historyTypes: CHANGES,
        maxResults: PAGE,
        ...(pageToken && { pageToken }),
      };
      const page = await call('history.list', () => users.history.list(params, request));
      if (!page) return null;
      records.push(...(page.data.history ?? []));
      historyId = page.data.historyId ?? historyId;
      pageToken = page.data.nextPageToken ?? undefined;
    } while (pageToken);
    return { keys: arrived(records, label), cursor: { historyId } };
  }

  async function findDoneLabel(name: string): Promise<string | null> {
    const labels = await call('labels.list', () => users.labels.list({ userId: 'me' }, request));
    const known = labels?.data.labels?.find((candidate) => candidate.name === name)?.id;
    if (known) return known;
    const requestBody = { name, labelListVisibility: 'labelShow', messageListVisibility: 'show' };
    const made = await call('labels.create', () => users.labels.create({ userId: 'me', requestBody }, request));
    return made?.data.id ?? null;
  }

  return {
    async list({ historyId }) {
      const changes = typeof historyId === 'string' ? await listChanges(historyId) : null;
      return changes ?? listAll();
    },

    listSince,

    async fetch(key): Promise<Readable | null> {
      const params = { userId: 'me', id: key, format: 'raw' };
      const answer = await call('messages.get', () =>
        users.messages.get(params, { ...request, responseType: 'stream' }),
      );
      if (!answer) return null;
      const raw = rawOfJson();
      pipeline(answer.data, raw, () => undefined); // whoever reads the raw sees its failure
      return raw;
    },

    async acknowledge(keys) {
      if (!doneLabel || keys.length === 0) return;
      doneLabelId ??= await findDoneLabel(doneLabel);
      if (!doneLabelId) return;
      for (let from = 0; from < keys.length; from += BATCH) {
        const requestBody = { ids: keys.slice(from, from + BATCH), addLabelIds: [doneLabelId] };
        await call('messages.batchModify', () => users.messages.batchModify({ userId: 'me', requestBody }, request));
      }
    },

    async watch(topicName) {
      const requestBody = { topicName, labelIds: [label], labelFilterBehavior: 'include' };
      const answer = await call('watch', () => users.watch({ userId: 'me', requestBody }, request));
      return new Date(Number(answer?.data.expiration ?? 0));
    },
  };
}

/** Google may end an access token early: a 401 is worth one more try with a new one. */
async function withFreshToken<T>(auth: GmailAuth, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if ((error as { status?: number }).status !== 401) throw error;
    forgetAccessToken(auth);
    return send();
  }
}

/**
 * Messages that came under the watched label: new ones, old ones that a filter or a person put there later, and new ones that somebody
 * moved away before we looked, whichever labels Gmail shows for them now.
 */
function arrived(records: readonly gmail_v1.Schema$History[], label: string): string[] {
  const keys = new Set<string>();
  const elsewhere = new Set<string>();
  for (const { messagesAdded = [], labelsAdded = [], labelsRemoved = [] } of records) {
    for (const { message } of messagesAdded)
      if (message?.id) (message.labelIds?.includes(label) ? keys : elsewhere).add(message.id);
    for (const { message, labelIds } of labelsAdded) if (message?.id && labelIds?.includes(label)) keys.add(message.id);
    for (const { message, labelIds } of labelsRemoved)
      if (message?.id && labelIds?.includes(label) && elsewhere.has(message.id)) keys.add(message.id);
  }
  return [...keys];
}
