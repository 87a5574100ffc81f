import type { Log } from '../../../log.ts';
import type { ParseResult } from '../inbound-mail.ts';
import { PARSE_LIMITS, parseFailure, type FailureCode } from './limits.ts';
import { ParserChild } from './parser-child.ts';
import type { ChildMessage } from './parse-protocol.ts';

export interface ParserPoolOptions {
  /** Folder of the local blob store: children read raw messages from it and write attachments into it. */
  blobDir: string;
  /** Children at work; one more per stalled child while it stalls. */
  size: number;
  /** DNS servers for the sender check; the system's when left out. */
  dnsServers?: readonly string[];
  limits?: { timeMs?: number; rssBytes?: number };
  log: Log;
}

/** How one message is parsed. */
export interface ParseOptions {
  authenticate: boolean;
  timeoutMs?: number;
  /** Told when a child begins with its bytes, and again at a second try: what came before was waiting. */
  begun?: () => void;
}

/** Parses stored messages in child processes whose time and memory are bounded. */
export interface ParserPool {
  /**
   * Parses the blob of this hash. A message beyond the limits, or that kills its child twice, is a `ParseFailure`.
   * Rejects when its bytes cannot be read or its attachments not stored, and after `stop`: then nothing is known.
   */
  parse(sha256: string, options: ParseOptions): Promise<ParseResult>;
  /** The same children for another blob store; to stop that stops nothing. For desks that share a process. */
  sharedBy(blobDir: string): ParserPool;
  /** Process ids of the children there are now, for tests and diagnosis. */
  pids(): number[];
  /** Kills all children and rejects what is open. */
  stop(): Promise<void>;
}

interface Job {
  id: number;
  sha256: string;
  blobDir: string;
  authenticate: boolean;
  timeMs: number;
  begun?: () => void;
  /** Children that died while its bytes were worked on. */
  deaths: number;
  resolve: (result: ParseResult) => void;
  reject: (error: Error) => void;
}

const WINDOW = 4;
const WATCH_MS = 100;
/** A child that works on one message for so long is stalled: the others it was given go elsewhere. */
const STALL_MS = 1000;
const MAX_DEATHS = 2;
const MAX_FAILED_STARTS = 3;

/** A pool that starts children when there is work and lets the process end when there is none. */
export function createParserPool(options: ParserPoolOptions): ParserPool {
  const pool = new Pool(options);
  const of = (blobDir: string, stop: () => Promise<void>): ParserPool => ({
    parse: (sha256, parseOptions) => pool.parse({ sha256, blobDir }, parseOptions),
    sharedBy: (other) => of(other, () => Promise.resolve()),
    pids: () => pool.pids(),
    stop,
  });
  return of(options.blobDir, () => pool.stop());
}

class Pool {
  private readonly options: ParserPoolOptions;
  private readonly timeMs: number;
  private readonly rssBytes: number;
  private readonly children = new Set<ParserChild>();
  /** Why we killed a child, until it is gone. */
  private readonly killed = new Map<ParserChild, FailureCode>();
  private readonly jobs = new Map<number, Job>();
  private waiting: Job[] = [];
  private lastId = 0;
  private failedStarts = 0;
  private stopped: (() => void)[] | null = null;
  private watch: NodeJS.Timeout | null = null;

  constructor(options: ParserPoolOptions) {
    this.options = options;
    this.timeMs = options.limits?.timeMs ?? PARSE_LIMITS.timeMs;
    this.rssBytes = options.limits?.rssBytes ?? PARSE_LIMITS.rssBytes;
  }

  parse(blob: Pick<Job, 'sha256' | 'blobDir'>, { timeoutMs, ...options }: ParseOptions): Promise<ParseResult> {
    if (this.stopped) return Promise.reject(new Error('The parser is stopped'));
    return new Promise((resolve, reject) => {
      const timeMs = timeoutMs ?? this.timeMs;
      const job: Job = { ...options, ...blob, id: ++this.lastId, timeMs, deaths: 0, resolve, reject };
      this.jobs.set(job.id, job);
      this.waiting.push(job);
      this.dispatch();
    });
  }

  pids(): number[] {
    return [...this.children].flatMap((child) => child.pid ?? []);
  }

  async stop(): Promise<void> {
    if (this.stopped && this.children.size === 0) return;
    this.stopped ??= [];
    const waiters = this.stopped;
    for (const job of this.jobs.values()) job.reject(new Error('The parser is stopped'));
    this.jobs.clear();
    this.waiting = [];
    if (this.watch) clearInterval(this.watch);
    if (this.children.size === 0) return;
    await new Promise<void>((resolve) => {
      waiters.push(resolve);
      for (const child of this.children) child.kill();
    });
  }

  /** Gives waiting messages to the least busy children, and starts children while there are more messages than them. */
  private dispatch(): void {
    while (this.waiting.length > 0) {
      const able = [...this.children].filter(
        (child) => !child.retiring && !this.killed.has(child) && !this.isStalled(child),
      );
      const [freest] = able.sort((a, b) => a.assigned.size - b.assigned.size);
      if (able.length < this.options.size && (freest === undefined || freest.assigned.size > 0)) this.start();
      else if (!freest || freest.assigned.size >= WINDOW) return;
      else this.assign(freest, this.waiting.shift());
    }
  }

  private start(): void {
    const { dnsServers = [] } = this.options;
    this.children.add(
      new ParserChild(
        { dnsServers },
        { message: (child, message) => this.hear(child, message), gone: (child, how) => this.bury(child, how) },
      ),
    );
  }

  private assign(child: ParserChild, job: Job | undefined): void {
    if (!job) return;
    const { id, sha256, blobDir, authenticate } = job;
    child.send({ id, sha256, blobDir, authenticate });
    this.watch ??= setInterval(() => void this.inspect(), WATCH_MS).unref();
  }

  private hear(child: ParserChild, message: ChildMessage): void {
    if (message.type === 'ready') {
      child.ready = true;
      this.failedStarts = 0;
    } else if (message.type === 'start') {
      child.current = message.id;
      child.currentSince = performance.now();
      this.jobs.get(message.id)?.begun?.();
    } else if (message.type === 'read') {
      if (child.current === message.id) child.current = null;
    } else if (message.type === 'result' || message.type === 'error') this.finish(child, message);
  }

  private finish(child: ParserChild, message: Extract<ChildMessage, { type: 'result' | 'error' }>): void {
    child.answered(message.id);
    const job = this.take(message.id);
    if (message.type === 'result') {
      child.rss = message.rss;
      job?.resolve(message.result);
    } else job?.reject(new Error(message.message));
    const surplus =
      [...this.children].filter((other) => !other.retiring && !this.isStalled(other)).length > this.options.size;
    if (child.assigned.size === 0 && (surplus || child.rss > this.rssBytes / 2)) child.release();
    this.dispatch();
    if (this.jobs.size === 0 && this.watch) {
      clearInterval(this.watch);
      this.watch = null;
    }
  }

  /** Every 100 ms while there is work: time, memory, and messages that wait behind a stalled one. */
  private async inspect(): Promise<void> {
    for (const child of [...this.children].filter((busy) => busy.assigned.size > 0)) {
      await child.sampleMemory();
      const job = child.current === null ? undefined : this.jobs.get(child.current);
      if (child.rss > this.rssBytes) this.kill(child, 'memory');
      else if (job && performance.now() - child.currentSince > job.timeMs) this.kill(child, 'timeout');
      else if (this.isStalled(child)) this.rescue(child, child.current);
    }
    this.dispatch();
  }

  private isStalled(child: ParserChild): boolean {
    return child.current !== null && performance.now() - child.currentSince > STALL_MS;
  }

  private kill(child: ParserChild, why: FailureCode): void {
    if (this.killed.has(child)) return;
    this.killed.set(child, why);
    child.kill();
  }

  /** Puts what a child was given, save one message, back to the front. Answers that come twice are ignored. */
  private rescue(child: ParserChild, except: number | null): void {
    const others = [...child.assigned].filter((id) => id !== except).flatMap((id) => this.jobs.get(id) ?? []);
    for (const { id } of others) child.assigned.delete(id);
    this.waiting.unshift(...others);
  }

  private bury(child: ParserChild, how: string): void {
    this.children.delete(child);
    const why = this.killed.get(child) ?? 'crashed';
    this.killed.delete(child);
    if (this.stopped) {
      if (this.children.size === 0) for (const resolve of this.stopped) resolve();
      return;
    }
    const suspect = child.current === null ? undefined : this.jobs.get(child.current);
    const open = [...child.assigned].flatMap((id) => this.jobs.get(id) ?? []);
    this.rescue(child, suspect?.id ?? null);
    if (suspect) this.blame(suspect, why, how);
    // Nobody's bytes were worked on: all that were open are suspects, and go on until one has had three deaths.
    else for (const job of open) if (++job.deaths > MAX_DEATHS) this.fail(job, why);
    if (!child.ready && ++this.failedStarts >= MAX_FAILED_STARTS) this.giveUp(how);
    this.dispatch();
  }

  /** Our own kill has a reason at once; another death may have come from outside, so the message gets a second try. */
  private blame(job: Job, why: FailureCode, how: string): void {
    this.options.log.warn({ sha256: job.sha256, why, how }, 'a parser child died');
    job.deaths++;
    if (why === 'crashed' && job.deaths < MAX_DEATHS) this.waiting.unshift(job);
    else this.fail(job, why);
  }

  private fail(job: Job, why: FailureCode): void {
    this.waiting = this.waiting.filter((other) => other !== job);
    this.take(job.id)?.resolve({ ok: false, failure: parseFailure(why) });
  }

  private giveUp(how: string): void {
    this.failedStarts = 0;
    this.options.log.error({ how }, 'parser children do not start');
    for (const job of this.jobs.values()) job.reject(new Error(`Parser children do not start: ${how}`));
    this.jobs.clear();
    this.waiting = [];
  }

  private take(id: number): Job | undefined {
    const job = this.jobs.get(id);
    this.jobs.delete(id);
    return job;
  }
}
