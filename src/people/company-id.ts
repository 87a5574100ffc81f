import type { Transaction } from '../db/transaction.ts';

/** The next company ID: MA and at least four digits, no upper end. One that a failed transaction took is not given again. */
export async function nextCompanyId({ em }: Transaction): Promise<string> {
  const [row] = await em.execute<{ n: string }[]>(`select nextval('company_id') as n`);
  return `MA${String(row?.n ?? '').padStart(4, '0')}`;
}
