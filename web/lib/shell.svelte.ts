/** What the frame shows for the page within. */
class Shell {
  /** Set when the page has its data: a stable sign for scripts that drive a browser. */
  ready = $state<string | undefined>(undefined);
  navigation = $state(false);
  help = $state(false);
  palette = $state(false);
  assistant = $state(false);
  /** What is to be written on the ticket page that comes next. */
  writing: 'public' | 'internal' | null = null;
}

export const shell = new Shell();

/** For an effect: the page is ready as long as `loaded` holds. */
export function readyWhen(page: string, loaded: boolean): () => void {
  shell.ready = loaded ? page : undefined;
  return () => (shell.ready = undefined);
}
