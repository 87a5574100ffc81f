/** Milliseconds that the clock of the desk is ahead of this computer's. */
let ahead = 0;
/** The header tells whole seconds, and comes late: less than this is no difference. */
const BLUR = 3000;

/** Notes what the desk's answer says of its clock (RFC 9110 §6.6.1): many a computer's is minutes off, and half a minute decides whether a reply can be taken back. */
export function noteTime(date: string | null): void {
  const difference = date === null ? Number.NaN : Date.parse(date) + 500 - Date.now();
  if (Number.isFinite(difference)) ahead = Math.abs(difference) < BLUR ? 0 : difference;
}

/** Milliseconds until a moment of the desk; negative when it is past. */
export const until = (iso: string): number => Date.parse(iso) - Date.now() - ahead;
