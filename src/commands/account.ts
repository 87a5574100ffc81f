import { randomBytes } from 'node:crypto';
import type { Config } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { Log } from '../log.ts';
import { normalizeAddress, splitAddress } from '../mail/addresses.ts';
import { createAccount } from '../people/sign-in.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { openTool } from './open-tool.ts';

/** Makes an approved account, such as the first admin, and gives its password: random, shown once, stored as a hash only. */
export async function account(config: Config, log: Log, given: { email: string; role: Role }): Promise<string> {
  const email = normalizeAddress(given.email);
  if (!splitAddress(email)) throw new UsageError(`"${given.email}" is not a mail address.`);
  const { desk, stop } = await openTool(config, log);
  try {
    const password = randomBytes(15).toString('base64url');
    await createAccount(desk.transaction, { email, firstName: '', lastName: '', role: given.role, password }).catch(
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === '23505')
          throw new UsageError(`${email} has an account already.`);
        throw error;
      },
    );
    return password;
  } finally {
    await stop();
  }
}
