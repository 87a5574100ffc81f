import { askBytes } from './session.svelte.ts';

/** A picture of the API on screen: its address needs the sign-in, so the browser gets the bytes instead. */
export class Picture {
  url = $state.raw<string | null>(null);

  /** For an effect: shows the picture of a path, or none. A picture that cannot be read is none. */
  show(path: string | null): () => void {
    let over = false;
    let made: string | null = null;
    this.url = null;
    if (path)
      void askBytes(path).then(
        (bytes) => {
          if (!over) this.url = made = URL.createObjectURL(bytes);
        },
        () => undefined,
      );
    return () => {
      over = true;
      if (made) URL.revokeObjectURL(made);
    };
  }
}
