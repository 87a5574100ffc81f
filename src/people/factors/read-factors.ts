import type { Transaction } from '../../db/transaction.ts';

/** A way to answer the second question. */
export type FactorMethod = 'totp' | 'passkey' | 'recovery_code';

/** What a person has set up beside the password. */
export interface Factors {
  totpSince: Date | null;
  /** The credential ids, for the browser to look for. */
  passkeys: { id: string; transports: string[] }[];
  /** Codes that were not used yet. */
  recoveryCodes: number;
}

/** The factors of a person, in one statement. */
export async function readFactors({ em }: Pick<Transaction, 'em'>, employeeId: number): Promise<Factors> {
  const [row] = await em.execute<{ totp_since: string | null; passkeys: Factors['passkeys']; codes: string }[]>(
    `select (select confirmed_at from totp where employee_id = e.id) as totp_since,
       (select coalesce(jsonb_agg(jsonb_build_object('id', credential_id, 'transports', transports) order by id), '[]')
          from passkey where employee_id = e.id) as passkeys,
       (select count(*) from recovery_code where employee_id = e.id and used_at is null) as codes
     from (select ?::bigint as id) e`,
    [employeeId],
  );
  return {
    totpSince: row?.totp_since ? new Date(row.totp_since) : null,
    passkeys: row?.passkeys ?? [],
    recoveryCodes: Number(row?.codes ?? 0),
  };
}

/** Whether there is a factor: recovery codes are a way round one, not one. */
export function hasFactor({ totpSince, passkeys }: Factors): boolean {
  return totpSince !== null || passkeys.length > 0;
}

/** How the second question can be answered; empty: it need not be asked. */
export function methodsOf(factors: Factors): FactorMethod[] {
  if (!hasFactor(factors)) return [];
  return [
    ...(factors.totpSince ? (['totp'] as const) : []),
    ...(factors.passkeys.length > 0 ? (['passkey'] as const) : []),
    ...(factors.recoveryCodes > 0 ? (['recovery_code'] as const) : []),
  ];
}
