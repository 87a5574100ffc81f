import crypto, { type Argon2Parameters } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

type Argon2 = typeof crypto.argon2;

/** What was asked of Node's argon2 since the last look: cost, and nothing of the password. */
const seen: Pick<Argon2Parameters, 'memory' | 'passes' | 'parallelism' | 'tagLength'>[] = [];

/** KiB, the least that argon2 takes: what a desk of tests asks for costs 70 ms of the processor a password. */
const LEAST_MEMORY = 8;

// What was asked for stands in the hash as ever, and the time of the real thing is measured where no desk is in the
// process (people/password.test.ts, system/sign-in-times.system.test.ts).
const { argon2 } = crypto;
crypto.argon2 = ((algorithm: 'argon2id', parameters: Argon2Parameters, done: Parameters<Argon2>[2]) => {
  const { memory, passes, parallelism, tagLength } = parameters;
  seen.push({ memory, passes, parallelism, tagLength });
  argon2(algorithm, { ...parameters, memory: LEAST_MEMORY }, done);
}) as Argon2;
syncBuiltinESMExports();

/** The work since the last look; `take` empties it. */
export const hashing = { take: () => seen.splice(0) };
