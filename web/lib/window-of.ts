/** Rows kept above and below what can be seen, so that scrolling shows no gap. */
const MARGIN = 20;
/** However tall a screen is. */
const MOST = 110;

/** Which rows of a long list are to be in the document: those on screen and some around. `from` inclusive, `to` exclusive. */
export function windowOf({ count, height, top, view }: { count: number; height: number; top: number; view: number }): {
  from: number;
  to: number;
} {
  if (height <= 0) return { from: 0, to: Math.min(count, MOST) };
  const from = Math.max(0, Math.min(Math.floor(top / height) - MARGIN, count - 1));
  const wanted = Math.ceil(view / height) + 2 * MARGIN;
  return { from, to: Math.min(count, from + Math.min(wanted, MOST)) };
}
