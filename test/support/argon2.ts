import crypto, { type Argon2Parameters } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

type Argon2 = typeof crypto.argon2;

/** What was asked of Node's argon2 since the last look: cost, and nothing of the password. */
const seen: Pick<Argon2Parameters, 'memory' | 'passes' | 'parallelism' | 'tagLength'>[] = [];

const { argon2 } = crypto;
crypto.argon2 = ((algorithm: 'argon2id', parameters: Argon2Parameters, done: Parameters<Argon2>[2]) => {
  const { memory, passes, parallelism, tagLength } = parameters;
  seen.push({ memory, passes, parallelism, tagLength });
  argon2(algorithm, parameters, done);
}) as Argon2;
syncBuiltinESMExports();

/** The work since the last look; `take` empties it. */
export const hashing = { take: () => seen.splice(0) };
