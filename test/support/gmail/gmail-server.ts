import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GmailMailbox, type HistoryRecord } from './mailbox.ts';
import { GoogleOAuth } from './oauth.ts';
import { complaint, match, type Matched } from './rules.ts';

/** What the server does to a request instead of answering it. Once, unless `times` says otherwise. */
export interface Fault {
  /** Name of the operation, such as messages.get; undefined: any. */
  on?: string;
  times?: number;
  status?: number;
  reason?: string;
  headers?: Record<string, string>;
  /**
   * `hang`: never answers. `cut`: ends the connection in the middle of the body. `stall`: says no more there. `garbage`: raw that is no base64.
   * `nil`: no raw. `stranger`: another message than was asked for. `endless`: 3 GB are announced, and raw goes on as long as somebody reads.
   */
  /** Carries the request out before it does so: whoever asked cannot know. */
  done?: true;
  how?: 'hang' | 'cut' | 'stall' | 'garbage' | 'nil' | 'stranger' | 'endless';
  /** Bytes of the body before `cut` and `stall`; half of it unless given, counted from its end when negative. */
  after?: number;
}

export interface GmailServer {
  url: string;
  mailbox: GmailMailbox;
  oauth: GoogleOAuth;
  /** Names of the operations that were asked for, in order, refused ones too. */
  asked: { name: string; query: URLSearchParams; units: number; at: number }[];
  /** Units a minute and user; what is over it is refused with 429. */
  quota: number;
  /** Endless answers that go on. */
  endless: number;
  fail(fault: Fault): void;
  stop(): Promise<void>;
}

const MINUTE = 60_000;

/**
 * The Gmail API v1 as far as the desk uses it, over real HTTP and as strict as Google: unknown parameters, missing scopes, spent quota and
 * expired tokens are refused. The rules are rules.ts; their sources are googleapis' own type definitions and Google's documents.
 */
export async function startGmailServer(address = 'support@desk.example'): Promise<GmailServer> {
  const faults: Fault[] = [];
  const mailbox = new GmailMailbox(address);
  const oauth = new GoogleOAuth();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const desk: GmailServer = {
    url: '',
    ...{ mailbox, oauth, asked: [], quota: 6000, endless: 0 },
    fail: (fault) => void faults.push({ times: 1, ...fault }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://gmail.test');
    const bytes = await bodyOf(request);
    const text = bytes.toString('utf8');
    if (request.method === 'POST' && url.pathname === '/token') {
      const fault = take('token');
      if (fault) return spoil(response, fault, null);
      const { status, body } = oauth.token(new URLSearchParams(text));
      return send(response, status, body);
    }
    const matched = match(request.method ?? '', url);
    if (!matched) return send(response, 404, problem(404, 'notFound', 'Not Found'));
    const { rule } = matched;
    desk.asked.push({ name: rule.name, query: matched.query, units: rule.units, at: Date.now() });
    const body: unknown = rule.upload === undefined ? (text ? JSON.parse(text) : null) : bytes;
    const refusal = refuse(matched, request, body);
    if (refusal) return send(response, refusal.error.code, refusal);
    const fault = take(rule.name);
    if (fault?.done) operate(mailbox, matched, body as Body);
    if (fault?.status)
      return send(
        response,
        fault.status,
        problem(fault.status, fault.reason ?? 'backendError', 'Failed'),
        fault.headers,
      );
    const result = fault?.done ? {} : operate(mailbox, matched, body as Body);
    if (fault?.how === 'endless') {
      desk.endless++;
      response.on('close', () => desk.endless--);
      return goOn(response, result);
    }
    if (fault) return spoil(response, fault, result);
    send(response, result.error ? result.error.code : 200, result);
  }

  const take = (name: string): Fault | null => {
    const fault = faults.find(({ on, times = 1 }) => times > 0 && (on === undefined || on === name));
    if (!fault) return null;
    fault.times = (fault.times ?? 1) - 1;
    return fault;
  };

  function refuse(matched: Matched, request: IncomingMessage, body: unknown) {
    const { rule, user } = matched;
    const token = oauth.accessTokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (!token || token.expires < Date.now()) return problem(401, 'authError', 'Invalid Credentials');
    if (user !== 'me' && user !== token.user) return problem(403, 'forbidden', `Delegation denied for ${token.user}`);
    if (!rule.scopes.some((scope) => token.scopes.includes(scope)))
      return problem(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.');
    const wrong = complaint(matched, body);
    if (wrong) return problem(400, 'invalidArgument', wrong);
    const spent = desk.asked.filter(({ at }) => at > Date.now() - MINUTE).reduce((sum, { units }) => sum + units, 0);
    return spent > desk.quota ? problem(429, 'rateLimitExceeded', "Quota exceeded for quota metric 'Queries'") : null;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  desk.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return desk;
}

interface Result {
  [field: string]: unknown;
  error?: { code: number };
}

/** JSON, or the bytes of an upload. */
type Body = Record<string, string[]> & Buffer;

/** Carries out an operation that nothing spoke against. */
function operate(mailbox: GmailMailbox, { rule, id, query }: Matched, body: Body): Result {
  const operations: Record<string, () => Result> = {
    getProfile: () => ({
      emailAddress: mailbox.address,
      messagesTotal: mailbox.messages.size,
      threadsTotal: mailbox.messages.size,
      historyId: String(mailbox.historyId),
    }),
    'history.list': () => listHistory(mailbox, query),
    'messages.list': () => listMessages(mailbox, query),
    'messages.get': () => getMessage(mailbox, id, query),
    'messages.send': () => sendMessage(mailbox, body),
    'messages.batchModify': () => batchModify(mailbox, body),
    'labels.list': () => ({
      labels: [...mailbox.labels].map(([labelId, name]) => ({ id: labelId, name, type: 'user' })),
    }),
    'labels.create': () => createLabel(mailbox, String(body['name'])),
    watch: () => ({ historyId: String(mailbox.historyId), expiration: String(Date.now() + 7 * 24 * 3600_000) }),
  };
  return operations[rule.name]?.() ?? problem(404, 'notFound', 'Not Found');
}

/** The pages of one listing are of the moment of the first, while each says where the mailbox is now. A page token belongs to the start it was made for; another one with it is an error of the caller that lost mail elsewhere. */
function listHistory(mailbox: GmailMailbox, query: URLSearchParams): Result {
  const start = Number(query.get('startHistoryId'));
  if (start < mailbox.forgotten || start > mailbox.historyId)
    return problem(404, 'notFound', 'Requested entity was not found.');
  const [tokenStart, from, end = mailbox.historyId] = pageOf(query, start);
  if (tokenStart !== start) return problem(400, 'invalidArgument', 'Invalid pageToken');
  const types = query.getAll('historyTypes').map((type) => type.replace(/^(message|label)/, '$1s'));
  const size = Math.min(Number(query.get('maxResults') ?? 100), 500);
  const records = mailbox.history.filter(
    ({ id, change }) => id > start && id <= end && (types.length === 0 || types.includes(change)),
  );
  const next = records.length > from + size ? { nextPageToken: `${start}:${from + size}:${end}` } : {};
  const history = records.slice(from, from + size).map((record) => present(mailbox, record));
  return { ...(history.length > 0 && { history }), ...next, historyId: String(mailbox.historyId) };
}

/** With the labels that the message has now: Gmail does not promise those of the moment. */
function present(mailbox: GmailMailbox, { id, change, message, labelIds }: HistoryRecord) {
  const plain = { id: message.id, threadId: message.threadId };
  const labels = labelIds.length > 0 ? { labelIds } : {};
  const now = mailbox.messages.get(message.id)?.labelIds ?? message.labelIds;
  return {
    id: String(id),
    messages: [plain],
    [change]: [{ message: { ...plain, labelIds: now }, ...labels }],
  };
}

function listMessages(mailbox: GmailMailbox, query: URLSearchParams): Result {
  const q = query.get('q') ?? '';
  const days = Number(/^newer_than:(\d+)d$/.exec(q)?.[1] ?? Infinity);
  const [, to, seconds] = /^to:(\S+) after:(\d+)$/.exec(q) ?? [];
  const found = mailbox
    .find({
      labelIds: query.getAll('labelIds'),
      spamAndTrash: query.get('includeSpamTrash') === 'true',
      after: seconds === undefined ? Date.now() - days * 24 * 3600_000 : Number(seconds) * 1000,
    })
    .filter(({ raw }) => to === undefined || headerOf(raw, 'To').includes(to));
  const size = Math.min(Number(query.get('maxResults') ?? 100), 500);
  const [, from] = pageOf(query, 0);
  const messages = found.slice(from, from + size).map(({ id, threadId }) => ({ id, threadId }));
  const next = found.length > from + size ? { nextPageToken: `0:${from + size}` } : {};
  return { ...(messages.length > 0 && { messages }), ...next, resultSizeEstimate: found.length };
}

const pageOf = (query: URLSearchParams, start: number): [start: number, from: number, end?: number] => {
  const [of = start, from = 0, end] = (query.get('pageToken') ?? `${start}:0`).split(':').map(Number);
  return end === undefined ? [of, from] : [of, from, end];
};

function headerOf(raw: Buffer, name: string): string {
  const head = (raw.toString('latin1').split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1] ?? '';
}

/** Takes a message as Gmail does: under a Message-ID of its own, and into SENT. */
function sendMessage(mailbox: GmailMailbox, raw: Buffer): Result {
  if (raw.length > 36_700_160) return problem(413, 'uploadTooLarge', 'Request payload size exceeds the limit');
  if (!headerOf(raw, 'To').includes('@')) return problem(400, 'invalidArgument', 'Recipient address required');
  const own = `Message-ID: <CA+${randomBytes(12).toString('hex')}@mail.gmail.com>`;
  const rewritten = Buffer.from(raw.toString('latin1').replace(/^Message-ID:.*(\r\n[ \t].*)*/im, own), 'latin1');
  const id = mailbox.deliver(rewritten, ['SENT']);
  return { id, threadId: id, labelIds: ['SENT'] };
}

function getMessage(mailbox: GmailMailbox, id: string, query: URLSearchParams): Result {
  const format = query.get('format') ?? 'full';
  const message = mailbox.messages.get(id);
  if (!message) return problem(404, 'notFound', 'Requested entity was not found.');
  const { threadId, labelIds, raw, internalDate } = message;
  const head = {
    id,
    threadId,
    labelIds,
    snippet: '"raw":"bm90IHRoaXM="',
    sizeEstimate: raw.length,
    internalDate: String(internalDate),
  };
  if (format === 'metadata') {
    const headers = query.getAll('metadataHeaders').map((name) => ({ name, value: headerOf(raw, name) }));
    return { ...head, payload: { headers: headers.filter(({ value }) => value !== '') } };
  }
  return format === 'raw' ? { ...head, raw: raw.toString('base64url') } : head;
}

function batchModify(
  mailbox: GmailMailbox,
  { ids = [], addLabelIds = [], removeLabelIds = [] }: Record<string, string[]>,
): Result {
  if (ids.length > 1000) return problem(400, 'invalidArgument', 'Too many ids');
  const strange = [...addLabelIds, ...removeLabelIds].find((label) => !mailbox.labels.has(label));
  if (strange) return problem(400, 'invalidArgument', `Invalid label: ${strange}`);
  for (const id of ids) mailbox.label(id, addLabelIds, removeLabelIds);
  return {};
}

function createLabel(mailbox: GmailMailbox, name: string): Result {
  if ([...mailbox.labels.values()].includes(name)) return problem(409, 'aborted', 'Label name exists or conflicts');
  const id = `Label_${mailbox.labels.size}`;
  mailbox.labels.set(id, name);
  return { id, name, type: 'user' };
}

const problem = (code: number, reason: string, message: string) => ({
  error: { code, message, errors: [{ message, domain: 'global', reason }] },
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
  response.end(JSON.stringify(body));
}

function spoil(response: ServerResponse, fault: Fault, result: Result | null): void {
  const { how, status = 500, reason, headers } = fault;
  if (how === 'hang') return;
  const changed = how && CHANGED[how];
  if (changed) return send(response, 200, { ...result, ...changed });
  if (how !== 'cut' && how !== 'stall') return send(response, status, reason ? { error: reason } : {}, headers);
  const text = JSON.stringify(result);
  const { after = Math.floor(text.length / 2) } = fault;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
  response.flushHeaders();
  response.write(text.slice(0, after), () => how === 'cut' && response.socket?.destroy());
}

/** Fields that are not as they should be. */
const CHANGED: Partial<Record<NonNullable<Fault['how']>, object>> = {
  garbage: { raw: '*** not base64 ***' },
  nil: { raw: null },
  stranger: { id: 'f00dfeed00000000' },
};

function goOn(response: ServerResponse, result: Result | null): void {
  const head = JSON.stringify({ ...result, raw: Buffer.from('Subject: Endless\r\n\r\n').toString('base64url') });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(3 * 1024 ** 3) });
  response.write(
    head.slice(0, head.lastIndexOf('"raw":"') + 7) + Buffer.from('Subject: Endless\r\n\r\n').toString('base64url'),
  );
  const piece = 'eHh4'.repeat(16_384);
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}
