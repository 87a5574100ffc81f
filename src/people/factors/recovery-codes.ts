import { createHash, randomBytes } from 'node:crypto';
import type { Transaction } from '../../db/transaction.ts';

const CODES = 10;
/** 120 bits a code: so many need no slow hash (ASVS 6.5.2). */
const BYTES = 15;
/** Lower-case base32 without what is read wrongly: 0 and o, 1 and l. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Ten new codes, each good for one sign-in without the other factors, such as abcd-efgh-…; the earlier ones are void. */
export async function makeRecoveryCodes(tx: Transaction, employeeId: number): Promise<string[]> {
  await deleteRecoveryCodes(tx, employeeId);
  const codes = Array.from({ length: CODES }, makeCode);
  await tx.em.execute(
    `insert into recovery_code (employee_id, code_hash) select ?, jsonb_array_elements_text(?::jsonb)`,
    [employeeId, JSON.stringify(codes.map(hashOf))],
  );
  return codes;
}

/** Uses a code up, written in whatever way; false: it is none of theirs, or was used. */
export async function useRecoveryCode({ em, now }: Transaction, employeeId: number, code: string): Promise<boolean> {
  const used = await em.execute<{ id: string }[]>(
    `update recovery_code set used_at = ? where employee_id = ? and code_hash = ? and used_at is null returning id`,
    [now, employeeId, hashOf(code)],
  );
  return used.length > 0;
}

export async function deleteRecoveryCodes({ em }: Transaction, employeeId: number): Promise<void> {
  await em.execute('delete from recovery_code where employee_id = ?', [employeeId]);
}

function makeCode(): string {
  const bits = [...randomBytes(BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.replace(/.{5}/g, (five) => LETTERS[Number.parseInt(five, 2)] ?? '');
  return letters.replace(/.{4}(?!$)/g, '$&-');
}

const hashOf = (code: string) =>
  createHash('sha256')
    .update(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
    .digest('hex');
