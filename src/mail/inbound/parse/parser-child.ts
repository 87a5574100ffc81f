import { fork, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, ChildSettings, ParseRequest } from './parse-protocol.ts';

/** What a child tells its pool. `gone` comes once, after everything else. */
export interface ChildEvents {
  message: (child: ParserChild, message: ChildMessage) => void;
  gone: (child: ParserChild, how: string) => void;
}

// Built code has its child beside it as .js.
const SCRIPT = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './parse-child.ts' : './parse-child.js', import.meta.url),
);
const HEAP_MB = 300;
/** Left alone, the young generation of a busy child takes a third of its limit. */
const YOUNG_MB = 8;
const PAGE_BYTES = 4096;

/** One parsing process. It keeps this process alive only while it is told to be busy. */
export class ParserChild {
  ready = false;
  /** It is told to end and gets nothing more. */
  retiring = false;
  /** Messages sent and not answered, in order. */
  readonly assigned = new Set<number>();
  /** The message whose bytes it works on now. */
  current: number | null = null;
  currentSince = 0;
  /** Resident memory as last seen, in bytes. */
  rss = 0;
  private readonly process: ChildProcess;

  constructor(settings: ChildSettings, events: ChildEvents) {
    this.process = fork(SCRIPT, [JSON.stringify(settings)], {
      execArgv: [
        `--max-old-space-size=${HEAP_MB}`,
        `--max-semi-space-size=${YOUNG_MB}`,
        '--disable-warning=ExperimentalWarning',
      ],
      // A fault armed for us must not go off in there.
      env: { ...process.env, FAULT: undefined },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.process.on('message', (message) => events.message(this, message as ChildMessage));
    let gone = false;
    const end = (how: string) => {
      if (!gone) events.gone(this, how);
      gone = true;
    };
    this.process.on('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    this.process.on('error', (error) => end(error.message));
    this.setBusy(false);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  send(request: ParseRequest): void {
    this.assigned.add(request.id);
    this.setBusy(true);
    // A child that dies in this moment is told of by its exit.
    this.process.send(request, () => undefined);
  }

  answered(id: number): void {
    this.assigned.delete(id);
    if (this.current === id) this.current = null;
    if (this.assigned.size === 0) this.setBusy(false);
  }

  kill(): void {
    // Its end is awaited.
    this.setBusy(true);
    this.process.kill('SIGKILL');
  }

  /** Ends it without hurry, by closing the channel it listens to. */
  release(): void {
    this.retiring = true;
    if (this.process.connected) this.process.disconnect();
  }

  /** Reads the resident memory where the system shows it; elsewhere the last answer has told it. */
  async sampleMemory(): Promise<void> {
    if (process.platform !== 'linux' || this.pid === undefined) return;
    const statm = await readFile(`/proc/${this.pid}/statm`, 'latin1').catch(() => '');
    const pages = Number(statm.split(' ')[1]);
    if (Number.isFinite(pages)) this.rss = pages * PAGE_BYTES;
  }

  private setBusy(busy: boolean): void {
    const { channel } = this.process;
    if (busy) {
      this.process.ref();
      channel?.ref();
    } else {
      this.process.unref();
      channel?.unref();
    }
  }
}
