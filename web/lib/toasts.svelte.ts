/** One short message at the lower left. */
export interface Toast {
  id: number;
  text: string;
  kind: 'status' | 'alert';
}

let shown = $state.raw<Toast | null>(null);
let count = 0;

/** The toast on screen, one at a time. */
export const toast = (): Toast | null => shown;

/** Says something that must be known. */
export function say(text: string, kind: Toast['kind'] = 'status'): void {
  shown = { id: ++count, text, kind };
}

/** Takes a toast away, if it is still that one. */
export function hush(id: number): void {
  if (shown?.id === id) shown = null;
}
