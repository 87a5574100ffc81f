import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Characters that begin every API key, so that a leaked one is recognised by scanners. */
const PREFIX = 'ssk_';
/** So many characters are shown later, by which people know a key; 48 of its 256 bits. */
const SHOWN = PREFIX.length + 8;

/** A new key: `ssk_`, 256 random bits and a checksum of them, in base64url. Known to who made it; the row has its hash. */
export function makeKey(): { key: string; prefix: string; hash: string } {
  const secret = randomBytes(32).toString('base64url');
  const key = `${PREFIX}${secret}${checksum(secret)}`;
  return { key, prefix: key.slice(0, SHOWN), hash: hashOf(key) };
}

/** The hash of a token that has the form of a key. null: it is no key, or was mistyped or cut off, which needs no look into the database. */
export function readKey(token: string): string | null {
  const [, secret = '', sum] = /^ssk_([\w-]{43})([\w-]{6})$/.exec(token) ?? [];
  return secret && checksum(secret) === sum ? hashOf(token) : null;
}

export function isKey(token: string): boolean {
  return token.startsWith(PREFIX);
}

function checksum(secret: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(secret));
  return bytes.toString('base64url');
}

/** Keys are 256 random bits, so a fast hash is enough. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
