import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { faultPoint } from '../fault-point.ts';
import type { Log } from '../log.ts';
import { readSettings } from '../settings/read-settings.ts';
import { cutoffOf, daysOf, RULE_NAMES, ruleOf, type RuleName } from './rules.ts';

export interface RetentionDeps {
  transaction: RunTransaction;
  log: Log;
  /** Asked after each batch: the rest waits for the next turn. */
  stopping?: () => boolean;
}

/** Transactions of one rule in one turn: what is left waits for the next, so that a turn ends. */
const MOST_BATCHES = 500;

/**
 * Deletes what is due by its age, batch by batch. Each batch is a transaction of its own with its line in the audit log: whenever the process
 * dies, what was deleted is written down, and the next turn goes on. Safe to run at any time and by several at once.
 */
export async function enforceRetention({
  transaction,
  log,
  stopping = () => false,
}: RetentionDeps): Promise<Partial<Record<RuleName, number>>> {
  const done: Partial<Record<RuleName, number>> = {};
  for (const name of RULE_NAMES) {
    const { batch } = ruleOf(name);
    for (let turn = 0; turn < MOST_BATCHES; turn++) {
      const deleted = await transaction((tx) => deleteDue(tx, name));
      if (deleted === 0) break;
      done[name] = (done[name] ?? 0) + deleted;
      faultPoint('R2');
      if (deleted < batch || stopping()) break;
    }
  }
  if (Object.keys(done).length > 0) log.info({ deleted: done }, 'retention');
  return done;
}

/** One batch, the oldest first; gives how many went. Rows that somebody else is at are left for the next time. */
export async function deleteDue(tx: Transaction, name: RuleName): Promise<number> {
  const rule = ruleOf(name);
  const days = daysOf(rule, await readSettings(tx));
  if (days === 0) return 0;
  const rows = await tx.em.execute<{ id: string }[]>(
    `select ${rule.id} as id ${rule.due} order by ${rule.since}, ${rule.id} limit ${rule.batch} for update of ${rule.lock} skip locked`,
    [cutoffOf(tx.now, days)],
  );
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => Number(id));
  await rule.remove(tx, ids, days);
  faultPoint('R1');
  // What only served to sign in was nobody's word: that it is gone is no news.
  if (typeof rule.days === 'string')
    tx.audit({
      ...{ action: 'retention.deleted', actorId: null },
      data: { rule: name, setting: rule.days, days, count: ids.length, ids },
    });
  return ids.length;
}
