import { Editor } from '@tiptap/core';
import StarterKit from '@tiptap/starter-kit';
import { htmlOf, linkOf, nameBegun, wordsOf, type Words } from './rich-words.ts';

/** What the button of a format does, by its name. */
export type Format = 'bold' | 'italic' | 'bulletList' | 'orderedList' | 'blockquote' | 'code';

/** What the html of the desk may have, and nothing that it would throw away. Its styles are files of ours: the policy lets none in. */
const KIT = StarterKit.configure({
  ...{ heading: false, horizontalRule: false, strike: false, underline: false },
  ...{ dropcursor: false, gapcursor: false, trailingNode: false },
  link: { openOnClick: false, defaultProtocol: 'https', isAllowedUri: (uri) => linkOf(uri) !== null },
});

export interface Writing {
  words: Words;
  /** Of the element that is written in. */
  attributes: Record<string, string>;
  onwritten: (words: Words) => void;
  /** True: the key has done what it does. */
  onkey: (event: KeyboardEvent) => boolean;
  onpaste: (event: ClipboardEvent) => boolean;
}

/** A name that is being written, after its @. */
export interface Naming {
  query: string;
  from: number;
  to: number;
}

/** The editor of formatted words, and what is formatted where its cursor is. */
export class RichEditor {
  active = $state.raw<readonly (Format | 'link')[]>([]);
  empty = $state(true);
  /** The name at the cursor, or null. */
  naming = $state.raw<Naming | null>(null);

  readonly #editor: Editor;

  constructor(element: HTMLElement, { words, attributes, onwritten, onkey, onpaste }: Writing) {
    this.#editor = new Editor({
      ...{ element, extensions: [KIT], content: htmlOf(words), injectCSS: false },
      editorProps: {
        attributes,
        handleKeyDown: (_, event) => onkey(event),
        handlePaste: (_, event) => onpaste(event),
      },
      onUpdate: () => onwritten(this.words),
      onTransaction: () => this.#look(),
    });
    this.#look();
  }

  get words(): Words {
    return wordsOf(this.#editor.getHTML(), this.#editor.getText({ blockSeparator: '\n\n' }));
  }

  get focused(): boolean {
    return this.#editor.isFocused;
  }

  /** Whether words are marked. */
  get marked(): boolean {
    return !this.#editor.state.selection.empty;
  }

  /** Where the link at the cursor leads. */
  get href(): string {
    return String(this.#editor.getAttributes('link')['href'] ?? '');
  }

  /** Puts the cursor at the end, or where it was. */
  focus(at: 'end' | null = 'end'): void {
    // The command waits for the next frame: keys until then would be shortcuts of the page.
    this.#editor.view.focus();
    this.#editor.commands.focus(at);
  }

  describe(attributes: Record<string, string>): void {
    const { editorProps } = this.#editor.options;
    this.#editor.setOptions({ editorProps: { ...editorProps, attributes } });
  }

  toggle(format: Format): void {
    const chain = this.#editor.chain().focus();
    if (format === 'bulletList') chain.toggleBulletList().run();
    else if (format === 'orderedList') chain.toggleOrderedList().run();
    else if (format === 'blockquote') chain.toggleBlockquote().run();
    else if (format === 'code' && this.#spansBlocks()) chain.toggleCodeBlock().run();
    else chain.toggleMark(format).run();
  }

  /** Has the marked words, or the link at the cursor, lead there; without either the address itself is written. null: they lead nowhere any more. */
  link(href: string | null): void {
    const chain = this.#editor.chain().focus();
    const { empty } = this.#editor.state.selection;
    if (href === null) chain.extendMarkRange('link').unsetLink().run();
    else if (empty && !this.#editor.isActive('link'))
      chain
        .insertContent({ type: 'text', text: href.replace(/^mailto:/, ''), marks: [{ type: 'link', attrs: { href } }] })
        .run();
    else chain.extendMarkRange('link').setLink({ href }).run();
  }

  /** Writes a name in the place of what was begun of it. */
  name({ from, to }: Naming, name: string): void {
    this.#editor
      .chain()
      .focus()
      .insertContentAt({ from, to }, { type: 'text', text: `@${name} ` })
      .run();
  }

  destroy(): void {
    this.#editor.destroy();
  }

  /** Code over several lines is a block of its own. */
  #spansBlocks(): boolean {
    const { from, to } = this.#editor.state.selection;
    const { doc } = this.#editor.state;
    return this.#editor.isActive('codeBlock') || doc.resolve(from).parent !== doc.resolve(to).parent;
  }

  #look(): void {
    const all = ['bold', 'italic', 'bulletList', 'orderedList', 'blockquote', 'code', 'link'] as const;
    this.active = all.filter(
      (name) => this.#editor.isActive(name) || (name === 'code' && this.#editor.isActive('codeBlock')),
    );
    this.empty = this.#editor.isEmpty;
    this.naming = this.#nameAtCursor();
  }

  #nameAtCursor(): Naming | null {
    const { selection, doc } = this.#editor.state;
    if (!selection.empty || this.#editor.isActive('code') || this.#editor.isActive('codeBlock')) return null;
    const to = selection.from;
    const at = doc.resolve(to);
    const query = nameBegun(at.parent.textBetween(0, at.parentOffset, '\n', '\n'));
    return query === null ? null : { query, from: to - query.length - 1, to };
  }
}
