import { createHmac, timingSafeEqual } from 'node:crypto';
import { MAIL_SWITCHES, type MailSwitch } from './preferences.ts';

/** What a List-Unsubscribe link says: whose mails of which kind end. It is good for nothing else and does not run out (RFC 8058 §3.1). */
export function unsubscribeToken(key: Buffer, employeeId: number, name: MailSwitch): string {
  return `${employeeId.toString(36)}.${name}.${sign(key, employeeId, name)}`;
}

/** null: not one that we signed. Never throws. */
export function readUnsubscribeToken(key: Buffer, token: string): { employeeId: number; name: MailSwitch } | null {
  const [, id, name = '', mac = ''] = /^([0-9a-z]{1,10})\.([a-z_]{1,40})\.([\w-]{43})$/.exec(token) ?? [];
  const employeeId = id === undefined ? NaN : parseInt(id, 36);
  if (!Number.isSafeInteger(employeeId) || !isSwitch(name)) return null;
  const genuine = timingSafeEqual(Buffer.from(mac), Buffer.from(sign(key, employeeId, name)));
  return genuine ? { employeeId, name } : null;
}

function isSwitch(name: string): name is MailSwitch {
  return Object.hasOwn(MAIL_SWITCHES, name);
}

function sign(key: Buffer, employeeId: number, name: MailSwitch): string {
  return createHmac('sha256', key).update(`unsubscribe|${employeeId}|${name}`).digest('base64url');
}
