import { splitAddress } from '../addresses.ts';

/** Mail systems, lists and senders that read nothing (RFC 3834 §2, RFC 2142 §3, RFC 5230 §4.5). */
const ROBOT =
  /^(mailer-daemon|postmaster|daemon|nobody|bounces?|no-?reply|do-?not-?reply|donotreply|list-?serv|majordomo|owner-.+|.+-request|.+-bounces?|.+-owner)$/;

/** Whether no person reads this address, told by its local part. */
export function isRobotAddress(address: string): boolean {
  const local = splitAddress(address.toLowerCase())?.local.split('+')[0] ?? '';
  return ROBOT.test(local);
}
