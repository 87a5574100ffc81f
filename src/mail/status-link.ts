import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../secrets.ts';

/** Whom a status link is for: a participant of one ticket, at the address that they have now, since their links were last ended. */
export interface LinkHolder {
  participantId: number;
  address: string;
  epoch: number;
}

/** A token as it came. What it says is believed only after `isGenuine`. */
export interface StatusToken {
  participantId: number;
  expires: Date;
  kid: string;
  mac: string;
}

const DAY = 24 * 3600_000;

/** When a link in a mail of this moment ends: at the end of a day (UTC), as its token says whole days. */
export function linkEnd(from: Date, days: number): Date {
  return new Date((Math.floor(from.getTime() / DAY) + days + 1) * DAY);
}

/**
 * What stands in the mail: `<participant>.<last day>.<key><mac>`. It can be made again, so no row is needed for it; it is good for the status page of
 * one ticket only, and dies with the address, the participant or a raised epoch.
 */
export function statusToken(keyring: Keyring, holder: LinkHolder, expires: Date): string {
  const day = Math.round(expires.getTime() / DAY);
  const { current } = keyring;
  return `${holder.participantId.toString(36)}.${day.toString(36)}.${current}${macOf(keyring, current, holder, day)}`;
}

/** null: it is none by its form. Never throws. */
export function readStatusToken(token: string): StatusToken | null {
  const [, id = '', day = '', kid = '', mac = ''] = FORM.exec(token) ?? [];
  const participantId = parseInt(id, 36);
  const days = parseInt(day, 36);
  if (!Number.isSafeInteger(participantId) || !Number.isSafeInteger(days)) return null;
  return { participantId, expires: new Date(days * DAY), kid, mac };
}

/** Whether we signed it for this holder. */
export function isGenuine(
  keyring: Keyring,
  { participantId, expires, kid, mac }: StatusToken,
  holder: LinkHolder,
): boolean {
  if (participantId !== holder.participantId || !keyring.keys.has(kid)) return false;
  const good = macOf(keyring, kid, holder, Math.round(expires.getTime() / DAY));
  return timingSafeEqual(Buffer.from(mac), Buffer.from(good));
}

const TOKEN = '([1-9a-z][0-9a-z]{0,10})\\.([1-9a-z][0-9a-z]{0,4})\\.([a-z2-7])([\\w-]{43})';
const FORM = new RegExp(`^${TOKEN}$`);
const IN_WORDS = new RegExp(`(/status(?:\\?answer=(?:yes|no))?#)${TOKEN}`, 'g');

/** Where the link leads; the token stands behind a #, so that no server, proxy or Referer has it. */
export function statusUrl(publicUrl: string, token: string, answer?: 'yes' | 'no'): string {
  return `${publicUrl}/status${answer ? `?answer=${answer}` : ''}#${token}`;
}

/** Words without the status links in them: who quotes our mail gives nobody else on the ticket their own right to it. */
export function hideStatusLinks(text: string): string {
  return text.replace(IN_WORDS, '$1…');
}

function macOf({ keys }: Keyring, kid: string, { participantId, address, epoch }: LinkHolder, day: number): string {
  const key = keys.get(kid);
  if (!key) throw new Error(`The keyring has no key ${kid}`);
  return createHmac('sha256', key).update(`status|${participantId}|${epoch}|${day}|${address}`).digest('base64url');
}
