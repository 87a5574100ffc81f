/** What a limit counts by. `address`: the mail address that a request names, whoever it belongs to. */
export type Counted = 'user' | 'ip' | 'address' | 'address and ip' | 'everybody';

/** How often something may be asked: `most` times in a window of `seconds` that begins with the first one. */
export interface Limit {
  most: number;
  seconds: number;
  by: Counted;
  /** Success gives the try back, and forgets the tries before it where they were about this one address or person. */
  failures?: true;
}

const MINUTE = 60;
const HOUR = 3600;

/**
 * Every limit, by the name that the RateLimit headers say. A route names those that it counts against; who is signed in counts against `api`
 * and, with files, `upload` in any case.
 */
// prettier-ignore
export const LIMITS = {
  // Guesses of a password. The last one bounds the work of all guesses together: a password costs 70 ms.
  'sign-in':              { most: 5,   seconds: 15 * MINUTE, by: 'address and ip', failures: true },
  'sign-in-ip':           { most: 50,  seconds: HOUR,        by: 'ip',             failures: true },
  'sign-in-everybody':    { most: 600, seconds: MINUTE,      by: 'everybody',      failures: true },
  // A password or factor that somebody signed in is asked for again.
  'confirm':              { most: 5,   seconds: 15 * MINUTE, by: 'user',           failures: true },
  // The steps of a sign-in beside the password: a code has a limit of its own, by the person it is asked from.
  'sign-in-step':         { most: 300, seconds: 15 * MINUTE, by: 'ip' },
  // Mails that anybody can have sent: few to one address, some from one network, and a bound on them all.
  'reset':                { most: 3,   seconds: HOUR,        by: 'address' },
  'sign-in-link':         { most: 3,   seconds: HOUR,        by: 'address' },
  'registration':         { most: 3,   seconds: HOUR,        by: 'address' },
  'mail-ip':              { most: 30,  seconds: HOUR,        by: 'ip' },
  'mail-everybody':       { most: 600, seconds: HOUR,        by: 'everybody' },
  'change-email':         { most: 5,   seconds: HOUR,        by: 'user' },
  // Links and refresh tokens have 256 bits: nobody guesses them, but each try is work. A whole office may have one address.
  'link':                 { most: 60,  seconds: 15 * MINUTE, by: 'ip' },
  'refresh':              { most: 600, seconds: MINUTE,      by: 'ip' },
  // The page of a status link, which an office reads from one address, and words that are written there.
  'status-link':          { most: 300, seconds: 15 * MINUTE, by: 'ip' },
  'status-link-words':    { most: 30,  seconds: HOUR,        by: 'ip' },
  // Wrong signatures of pushed mail: each costs the reading of a body. A right one gives its try back.
  'push':                 { most: 30,  seconds: MINUTE,      by: 'ip',             failures: true },
  'api':                  { most: 300, seconds: MINUTE,      by: 'user' },
  'upload':               { most: 30,  seconds: MINUTE,      by: 'user' },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;
export const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];
