/* eslint svelte/prefer-svelte-reactivity: off -- nobody watches the set; the palette reads it when it opens */
/** Something that can be done where the reader is: the command palette offers it by name. */
export interface Command {
  id: string;
  label: string;
  icon: string;
  key?: string;
  act: () => unknown;
}

const offers = new Set<() => Command[]>();

/** Offers commands as long as an effect lives. */
export function offerCommands(commands: () => Command[]): () => void {
  offers.add(commands);
  return () => void offers.delete(commands);
}

/** What can be done now, of the newest place first. */
export const commandsNow = (): Command[] => [...offers].reverse().flatMap((offer) => offer());
