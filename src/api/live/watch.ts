import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Claim } from '../../people/authenticate.ts';
import type { LiveAnswer, LiveInput } from './live-answers.ts';

/** Milliseconds between two looks of one watch: what comes in a burst is told together. */
const REST = 300;

export interface WatchDeps {
  answer: LiveAnswer;
  input: LiveInput;
  claim: () => Claim;
  tell: (json: string) => void;
  /** It would be refused now: nobody watches any more. */
  refuse: (error: AppError) => void;
  /** Something is broken: the browser asks the other way. */
  fail: (error: unknown) => void;
}

/** Tells the answer of an operation, and again whenever it is another one. Looks when it is told to, one look at a time. */
export class Watch {
  readonly #deps: WatchDeps;
  #told: string | null = null;
  #looking = false;
  #again = false;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  look(): void {
    if (this.#looking) this.#again = true;
    else void this.#look();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    [this.#looking, this.#again] = [true, false];
    const { answer, input, claim } = this.#deps;
    try {
      const json = await answer(claim(), input);
      if (!this.#ended) this.#tell(json);
    } catch (error) {
      if (this.#ended) return;
      if (error instanceof AppError && error.status < 500) return this.#deps.refuse(error);
      return this.#deps.fail(error);
    }
    this.#timer = setTimeout(() => {
      this.#looking = false;
      if (this.#again && !this.#ended) this.look();
    }, REST);
  }

  #tell(json: string): void {
    const told = createHash('sha256').update(json).digest('base64');
    if (told === this.#told) return;
    this.#told = told;
    this.#deps.tell(json);
  }
}
