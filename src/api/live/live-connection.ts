import type { RawData, WebSocket } from 'ws';
import { LIVE_CLOSE } from '../../contract/live-path.ts';
import { LiveAsk, type LiveName, type LiveTold } from '../../contract/live.ts';
import type { Changed } from '../../db/hear-changes.ts';
import { AppError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { readClaim, type Claim } from '../../people/authenticate.ts';
import type { Keyring } from '../../secrets.ts';
import type { LiveAnswers } from './live-answers.ts';
import { Watch } from './watch.ts';

/** Milliseconds within which a new connection says who it is. */
const PATIENCE = 10_000;
const MOST_WATCHES = 20;
/** Messages of a browser in so many milliseconds. */
const MOST_MESSAGES = 100;
const WINDOW = 10_000;

export interface ConnectionDeps {
  answers: LiveAnswers;
  accessTokens: Keyring;
  log: Log;
}

interface Watched {
  watch: Watch;
  /** The one ticket that it is about; null: any may change it. */
  ticketId: number | null;
}

/** One browser: who it is, and what it watches. Every look asks anew whether its person may see it. */
export class LiveConnection {
  readonly #socket: WebSocket;
  readonly #deps: ConnectionDeps;
  readonly #watched = new Map<number, Watched>();
  readonly #patience: NodeJS.Timeout;
  #claim: Claim | null = null;
  #messages = { since: 0, count: 0 };

  constructor(socket: WebSocket, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#patience = setTimeout(() => this.#close(LIVE_CLOSE.signInAgain, 'say who you are'), PATIENCE);
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#end());
  }

  /** Looks at all that a change may have changed. */
  changed(ids: Changed): void {
    for (const { watch, ticketId } of this.#watched.values())
      if (ids === null || ticketId === null || ids.has(ticketId)) watch.look();
  }

  #hear(data: RawData, isBinary: boolean): void {
    const now = Date.now();
    if (now - this.#messages.since > WINDOW) this.#messages = { since: now, count: 0 };
    if (++this.#messages.count > MOST_MESSAGES) return this.#close(LIVE_CLOSE.wrong, 'too many messages');
    const asked = isBinary ? null : read(data);
    if (!asked) return this.#close(LIVE_CLOSE.wrong, 'a message that is none');
    if (asked.do === 'sign-in') return this.#signIn(asked.token);
    if (this.#claim === null) return this.#close(LIVE_CLOSE.signInAgain, 'say who you are');
    this.#unwatch(asked.id);
    if (asked.do === 'watch') this.#watch(asked.id, asked.operation, asked);
  }

  #signIn(token: string): void {
    this.#claim = readClaim(this.#deps.accessTokens, `Bearer ${token}`);
    // A key is a machine's: it has no page that is open.
    if (this.#claim?.kind !== 'session') return this.#close(LIVE_CLOSE.signInAgain, 'sign in again');
    clearTimeout(this.#patience);
    this.#tell({ is: 'ready' });
  }

  #watch(
    id: number,
    operation: LiveName,
    input: { params: Record<string, string>; query: Record<string, string> },
  ): void {
    const answer = this.#deps.answers.get(operation);
    if (!answer || this.#watched.size >= MOST_WATCHES) return this.#close(LIVE_CLOSE.wrong, 'too much to watch');
    const watch = new Watch({
      ...{ answer, input: { params: input.params, query: input.query } },
      claim: () => this.#claim as Claim,
      tell: (json) => this.#send(`{"is":"answer","id":${id},"body":${json}}`),
      refuse: (error) => this.#refuse(id, error),
      fail: (error) => {
        this.#deps.log.error({ err: error }, 'a live answer failed');
        this.#close(LIVE_CLOSE.full, 'try again later');
      },
    });
    const ticketId = operation === 'readTicket' ? Number(input.params['id']) : null;
    this.#watched.set(id, { watch, ticketId });
    watch.look();
  }

  #unwatch(id: number): void {
    this.#watched.get(id)?.watch.end();
    this.#watched.delete(id);
  }

  #refuse(id: number, { status, code }: AppError): void {
    if (status === 401) return this.#close(LIVE_CLOSE.signInAgain, 'sign in again');
    this.#unwatch(id);
    this.#tell({ is: 'refused', id, status, code });
  }

  #tell(told: LiveTold): void {
    this.#send(JSON.stringify(told));
  }

  /** A browser that reads too slowly is let go: it comes back, and reads what is true then. */
  #send(text: string): void {
    if (this.#socket.bufferedAmount > 4_000_000) this.#socket.terminate();
    else this.#socket.send(text);
  }

  #close(code: number, reason: string): void {
    this.#end();
    this.#socket.close(code, reason);
  }

  #end(): void {
    clearTimeout(this.#patience);
    for (const id of this.#watched.keys()) this.#unwatch(id);
  }
}

function read(data: RawData) {
  try {
    return LiveAsk.safeParse(JSON.parse((data as Buffer).toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
