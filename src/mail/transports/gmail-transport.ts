import { Readable } from 'node:stream';
import { gmail } from 'googleapis/build/src/apis/gmail/index.js';
import { gmailCalls, type GmailCallOptions } from '../sources/gmail-call.ts';
import { examineGmailSending } from '../sources/gmail-examine.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';
import { neverConnected, statusOf } from './gmail-answer.ts';
import type { Delivery, MailTransport, SendResult, Sought } from './transport.ts';

export interface GmailTransportOptions extends GmailCallOptions {
  /** Replaces https://gmail.googleapis.com. */
  apiUrl?: string | null;
  /** Milliseconds of one request; a message that takes longer was sent, perhaps. */
  timeout?: number;
}

/** The lease of a row is renewed meanwhile. */
const TIMEOUT = 75_000;
/** Newest mails to the same recipient among which one that was sent, perhaps, is looked for. */
const LOOK_AT = 100;
/** Clocks differ, and a row is older than its mail. */
const SLACK = 3_600_000;

/**
 * Sends by the Gmail API (users.messages.send, as an upload: the bytes as they are). Google writes a Message-ID of its own over ours, the recipient
 * is the one in To, and the sender of the envelope is the account: so replies are known by Reply-To and by the last entry of References, which
 * stay. The scope gmail.modify includes sending.
 */
export function gmailTransport(options: GmailTransportOptions): MailTransport {
  const { auth, apiUrl } = options;
  const root = apiUrl ? { rootUrl: `${apiUrl}/` } : {}; // uploads do not take it from the API's options
  const { users } = gmail({ version: 'v1', auth, ...root });
  const call = gmailCalls(options);
  const ending = new AbortController();
  const request = () => ({ retry: false, timeout: options.timeout ?? TIMEOUT, signal: ending.signal });

  async function send({ mime, beforeData }: Delivery): Promise<SendResult> {
    const on = { theWay: false };
    try {
      await call('token', () => auth.getAccessToken()); // what fails here has sent nothing
      const answer = await call('messages.send', async () => {
        await beforeData?.();
        on.theWay = true;
        const media = { mimeType: 'message/rfc822', body: Readable.from([mime], { objectMode: false }) };
        return users.messages.send({ userId: 'me', media }, { ...request(), ...root });
      });
      if (answer) return { kind: 'sent', response: `250 Gmail took it as ${answer.data.id ?? 'a message'}` };
      return { kind: 'unreached', error: 'This account has no Gmail' };
    } catch (error) {
      return judge(error, on.theWay);
    }
  }

  /** The ids of mails that Gmail sent to this address since then, newest first. */
  async function sentTo({ recipient, since }: Sought): Promise<string[]> {
    const after = Math.floor((since.getTime() - SLACK) / 1000);
    const params = { userId: 'me', labelIds: ['SENT'], q: `to:${recipient} after:${after}`, maxResults: LOOK_AT };
    const page = await call('messages.list', () => users.messages.list(params, request()));
    return (page?.data.messages ?? []).flatMap(({ id }) => id ?? []);
  }

  async function isOurs(id: string, messageId: string): Promise<boolean> {
    const params = { userId: 'me', id, format: 'metadata', metadataHeaders: ['Message-ID', 'References'] };
    const answer = await call('messages.get', () => users.messages.get(params, request()));
    const named = (name: string) =>
      (answer?.data.payload?.headers ?? []).find((header) => header.name?.toLowerCase() === name)?.value ?? '';
    return named('message-id').trim() === messageId || named('references').trim().split(/\s+/).at(-1) === messageId;
  }

  return {
    send,
    async find(sought) {
      try {
        for (const id of await sentTo(sought))
          if (await isOurs(id, sought.messageId)) return { kind: 'sent', response: `250 Gmail has it as ${id}` };
        return null;
      } catch (error) {
        if (!(error instanceof SourceUnavailable)) throw error;
        return { kind: 'unreached', error: error.message };
      }
    },
    examine: () => examineGmailSending({ auth, call }),
    close() {
      ending.abort(new Error('The mailbox was closed'));
      return Promise.resolve();
    },
  };
}

/** A request that broke off after the message was on the way may have been carried out all the same. */
function judge(error: unknown, onTheWay: boolean): SendResult {
  const words = error instanceof Error ? error.message : String(error);
  if (!(error instanceof SourceUnavailable)) {
    const code = statusOf(error);
    if (code === null) throw error; // a bug
    return { kind: 'refused', code, response: `${code} ${words}`, permanent: true };
  }
  const status = statusOf(error.cause);
  const answered = status !== null && status < 500 && status !== 408;
  const unsent = !onTheWay || error.trouble !== 'unreachable' || answered || neverConnected(error.cause);
  return { kind: unsent ? 'unreached' : 'unknown', error: words };
}
