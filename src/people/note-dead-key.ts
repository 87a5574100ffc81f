import type { Transaction } from '../db/transaction.ts';
import { authenticate } from './authenticate.ts';

type Death = 'revoked' | 'expired' | 'account_closed' | 'switched_off';

/**
 * Audits that a key was used that is no longer good: whoever has it should not, or has forgotten to replace it. At most once an hour for each
 * key, as a machine tries for ever. A key that never was is none of ours.
 */
export async function noteDeadKey(tx: Transaction, hash: string): Promise<void> {
  if (await authenticate(tx, { kind: 'key', hash })) return; // it lives: something else was refused
  await tx.em.execute('select 1 from api_key where key_hash = ? for no key update', [hash]); // one at a time looks for the entry
  const [key] = await tx.em.execute<{ id: string; death: Death }[]>(
    `select k.id, case when k.revoked_at is not null then 'revoked' when k.expires_at <= ? then 'expired'
         when e.status <> 'approved' or e.role = 'employee' then 'account_closed' else 'switched_off' end as death
       from api_key k join employee e on e.id = k.employee_id
      where k.key_hash = ? and not exists (select from audit_entry a
        where a.subject_type = 'api_key' and a.subject_id = k.id and a.action = 'api_key.refused' and a.at > ?)`,
    [tx.now, hash, new Date(tx.now.getTime() - 3600_000)],
  );
  if (!key) return;
  const subject = { type: 'api_key', id: Number(key.id) };
  tx.audit({ action: 'api_key.refused', actorId: null, outcome: 'refused', subject, data: { because: key.death } });
}
