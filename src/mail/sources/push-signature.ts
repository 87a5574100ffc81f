import { createHmac, randomBytes, timingSafeEqual, type Hmac } from 'node:crypto';

/** How a push says who sends it: the headers of Standard Webhooks 1.0. */
export interface SignedPush {
  id: string;
  /** Seconds since 1970. */
  timestamp: number;
  /** Bytes of each signature of a version that we know; a sender that changes its secret signs with both. */
  signatures: readonly Buffer[];
}

const PREFIX = 'whsec_';
/** Bytes of a secret that we make; the standard asks for 24 to 64. */
const SECRET_BYTES = 32;
/** Seconds that the clocks of both sides may be apart, and for which a push may be under way. */
const WINDOW = 300;
const ID = /^[\x21-\x2d\x2f-\x7e]{1,200}$/; // no dot: it parts what is signed

/** A new secret, as sender and libraries of the standard write it. */
export function newPushSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** Reads `webhook-id`, `webhook-timestamp` and `webhook-signature`; null when they are not all there and well-formed. */
export function readSignedPush(header: (name: string) => string): SignedPush | null {
  const [id, time] = [header('webhook-id'), header('webhook-timestamp')];
  if (!ID.test(id) || !/^\d{1,12}$/.test(time)) return null;
  const signatures = header('webhook-signature')
    .split(' ')
    .flatMap((part) => /^v1,([A-Za-z0-9+/]{43}=)$/.exec(part)?.[1] ?? [])
    .map((text) => Buffer.from(text, 'base64'));
  return signatures.length > 0 ? { id, timestamp: Number(time), signatures } : null;
}

/** Whether it is of now, so that whoever heard it cannot send it again later. */
export function isTimely({ timestamp }: SignedPush, now: Date): boolean {
  return Math.abs(now.getTime() / 1000 - timestamp) <= WINDOW;
}

/** What checks a body while it comes: told of each piece, then asked. */
export interface PushCheck {
  update(piece: Buffer): void;
  matches(): boolean;
}

/** HMAC-SHA256 over `id.timestamp.body` by the secret of the mailbox. */
export function pushCheck({ id, timestamp, signatures }: SignedPush, secret: string): PushCheck {
  const mac = hmacOf(secret).update(`${id}.${timestamp}.`);
  return {
    update: (piece) => void mac.update(piece),
    matches() {
      const made = mac.digest();
      return signatures.some((signature) => timingSafeEqual(signature, made));
    },
  };
}

/** `webhook-signature` of a body that we send. */
export function signBody(
  { id, timestamp }: Pick<SignedPush, 'id' | 'timestamp'>,
  secret: string,
  body: string,
): string {
  return `v1,${hmacOf(secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function hmacOf(secret: string): Hmac {
  return createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'));
}
