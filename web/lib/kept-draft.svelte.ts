import type { Output } from '#contract/client.ts';
import { draftOf, dropDraft, keepDraft, type Draft } from './drafts.svelte.ts';
import { problemOf } from './problem-words.ts';
import type { Words } from './rich-words.ts';
import { sayOnce } from './say-once.ts';
import { ask } from './session.svelte.ts';

export type ServerDraft = Output<'readDraft'>;
export type KeptFile = ServerDraft['files'][number];

type Known = Pick<ServerDraft, 'files' | 'version' | 'updated_at'> & { words: Words | null };

const wordsOf = ({ body, body_html }: ServerDraft): Words => ({ text: body, html: body_html });

/** Milliseconds of rest after which what was typed is sent to the desk. */
const REST = 1000;
/** … and after which it is tried again. */
const AGAIN = 10_000;

/**
 * A reply or a note that is being written, kept by the desk too, so that it is there on another machine. The words on screen live in the draft of this tab
 * (`key`); what another window made of it meanwhile is shown, never taken unasked.
 */
export class KeptDraft {
  readonly key: string;
  /** Of a reply that was taken back: they go out with it. */
  files = $state.raw<readonly KeptFile[]>([]);
  /** When the desk last had it, or null. */
  savedAt = $state.raw<string | null>(null);
  /** The desk could not be reached: the words are in this tab only, until it can. */
  late = $state(false);
  /** What another window has made of it. */
  other = $state.raw<ServerDraft | null>(null);

  readonly #draft: Draft;
  readonly #of: { params: { id: string }; visibility: 'public' | 'internal' };
  #version = 0;
  /** What the desk has; null: something that is not to be shown. */
  #known: string | null = '';
  /** Places of the files that stay, when one was left out. */
  #staying: number[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | null = null;
  #stopped = false;

  constructor(id: number, visibility: 'public' | 'internal') {
    this.key = `${visibility === 'internal' ? 'note' : 'reply'}-${id}`;
    this.#draft = draftOf(this.key);
    this.#of = { params: { id: String(id) }, visibility };
  }

  get text(): string {
    return this.#draft.text;
  }

  get #words(): Words {
    return { text: this.#draft.text, html: this.#draft.html };
  }

  /** Names the draft that a comment is made of; undefined: the desk has none. */
  get version(): number | undefined {
    return this.#version > 0 ? this.#version : undefined;
  }

  /** Reads what the desk has. Words of this tab stay; where both have some and they differ, the reader is asked. */
  async read(): Promise<void> {
    const there = await this.#ask().catch(() => null);
    if (!there || this.#stopped) return;
    if (this.text === '' || sayOnce(this.#words) === sayOnce(wordsOf(there)) || there.version === 0) this.take(there);
    else this.other = there;
  }

  /** Something was typed. */
  changed(rest = REST): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.save(), rest);
  }

  /** Sends to the desk what it does not have yet; one after the other. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#saving = (this.#saving ?? Promise.resolve()).then(() => this.#save());
    return this.#saving;
  }

  /** Shows what the desk has. An empty one of the desk leaves what is on screen. */
  take(there: ServerDraft): void {
    this.#learn({ ...there, words: wordsOf(there) });
    if (there.version === 0) return void (this.text !== '' && this.changed());
    [this.#draft.text, this.#draft.html] = [there.body, there.body_html];
    keepDraft(this.key);
  }

  /** What is on screen counts, not what another window made. */
  keepThis(): Promise<void> {
    if (this.other) this.#learn({ ...this.other, words: null });
    return this.save();
  }

  /** Leaves out a file that came back with a reply. */
  removeFile(at: number): void {
    this.#staying ??= this.files.map((_, place) => place);
    this.#staying = this.#staying.filter((_, place) => place !== at);
    this.files = this.files.filter((_, place) => place !== at);
    void this.save();
  }

  /** It became a comment, and the desk has it no more. */
  sent(): void {
    clearTimeout(this.#timer);
    dropDraft(this.key);
    this.#learn({ words: { text: '', html: null }, files: [], version: 0, updated_at: null });
  }

  /** The page goes: what was typed is sent, and nothing is read any more. */
  stop(): void {
    void this.save();
    this.#stopped = true;
  }

  #learn({ words, files, version, updated_at }: Known): void {
    [this.#version, this.#known, this.#staying] = [version, words && sayOnce(words), undefined];
    [this.files, this.savedAt, this.other, this.late] = [files, updated_at, null, false];
  }

  readonly #ask = () => ask('readDraft', { params: this.#of.params, query: { visibility: this.#of.visibility } });

  async #save(): Promise<void> {
    const words = this.#words;
    if (this.other || (sayOnce(words) === this.#known && !this.#staying)) return;
    try {
      this.#learn({ ...(await this.#send(words)), words });
    } catch (error) {
      const { code } = problemOf(error);
      this.late = code !== 'version_conflict';
      if (this.late) this.changed(AGAIN);
      else await this.#meet(words);
    }
  }

  #send({ text: body, html }: Words): Promise<ServerDraft> {
    const { params, visibility } = this.#of;
    if (body === '' && this.files.length === 0)
      return ask('deleteDraft', { params, body: { visibility, version: this.#version } });
    const files = this.#staying && { files: this.#staying };
    return ask('saveDraft', {
      params,
      body: { visibility, version: this.#version, ...(html === null ? { body } : { body_html: html }), ...files },
    });
  }

  /** Another window was faster. What it has thrown away, or says the same, needs no question. */
  async #meet(words: Words): Promise<void> {
    const there = await this.#ask().catch(() => null);
    if (!there) return;
    const same = sayOnce(wordsOf(there)) === sayOnce(words);
    if (there.version !== 0 && !same) return void (this.other = there);
    this.#learn({ ...there, words: wordsOf(there) });
    if (!same) this.changed();
  }
}
