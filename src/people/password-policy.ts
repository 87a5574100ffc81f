import { AppError } from '../errors.ts';

/** Fewest characters, and most bytes: whole sentences are welcome (ASVS 6.2.1, 6.2.9). */
export const PASSWORD_CHARACTERS = 12;
export const PASSWORD_BYTES = 1024;

/**
 * Refuses a new password that somebody would guess. There is no rule about kinds of characters (ASVS 6.2.5), and nothing is changed about it: no
 * trimming, no case, no Unicode normalization, its exact bytes count. `context`: what an attacker knows of the person and the organisation.
 */
export async function assertGoodPassword(
  password: string,
  context: readonly string[],
  field = 'password',
): Promise<void> {
  const faults = await faultsOf(password, context);
  if (faults.length > 0) throw new AppError('validation_failed', 'Field validation failed', { [field]: faults });
}

async function faultsOf(password: string, context: readonly string[]): Promise<string[]> {
  if (!password.isWellFormed()) return ['is not text'];
  if (Array.from(password).length < PASSWORD_CHARACTERS)
    return [`must have at least ${PASSWORD_CHARACTERS} characters`];
  if (Buffer.byteLength(password) > PASSWORD_BYTES) return [`must have at most ${PASSWORD_BYTES} bytes`];
  // Lists of words that a process which makes no password does without.
  const { strengthOf, WEAKEST } = await import('./password-strength.ts');
  const { score, leaked, personal } = strengthOf(password, context);
  if (leaked) return ['is one of the passwords that leaked most often'];
  if (personal) return ['is hardly more than your name, your address or the name of the organisation'];
  return score < WEAKEST ? ['is too easy to guess: add words that do not belong together'] : [];
}
