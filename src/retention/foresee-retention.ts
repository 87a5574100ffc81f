import type { Transaction } from '../db/transaction.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/schema.ts';
import { cutoffOf, daysOf, RULE_NAMES, ruleOf, type RetentionSetting, type RuleName } from './rules.ts';

/** What one rule would delete now, and when it did so last. */
export interface ForeseenRule {
  rule: RuleName;
  /** null: the days are fixed. */
  setting: RetentionSetting | null;
  /** 0: never */
  days: number;
  due: number;
  dueCapped: boolean;
  oldest: Date | null;
  last: { at: Date; count: number } | null;
}

/** Counting stops here: nobody needs to know more exactly. */
const COUNT_CAP = 10_000;

/** A dry run: what each rule would delete at this moment, by the settings or with other days instead of them. Changes nothing. */
export async function foreseeRetention(
  tx: Transaction,
  instead: { readonly [S in RetentionSetting]?: number | undefined },
): Promise<ForeseenRule[]> {
  const given = Object.fromEntries(Object.entries(instead).filter(([, days]) => days !== undefined));
  const settings = { ...(await readSettings(tx)), ...given };
  const last = await readLast(tx);
  const foreseen: ForeseenRule[] = [];
  for (const name of RULE_NAMES)
    foreseen.push({ ...(await foresee(tx, name, settings)), last: last.get(name) ?? null });
  return foreseen;
}

async function foresee(tx: Transaction, name: RuleName, settings: Settings): Promise<Omit<ForeseenRule, 'last'>> {
  const rule = ruleOf(name);
  const days = daysOf(rule, settings);
  const about = { rule: name, setting: typeof rule.days === 'string' ? rule.days : null, days };
  if (days === 0) return { ...about, due: 0, dueCapped: false, oldest: null };
  const [row] = await tx.em.execute<{ n: string; oldest: string | Date | null }[]>(
    `select count(*) as n, min(since) as oldest from
       (select ${rule.since} as since ${rule.due} order by ${rule.since} limit ${COUNT_CAP + 1}) counted`,
    [cutoffOf(tx.now, days)],
  );
  const due = Number(row?.n ?? 0);
  const oldest = row?.oldest ? new Date(row.oldest) : null;
  return { ...about, due: Math.min(due, COUNT_CAP), dueCapped: due > COUNT_CAP, oldest };
}

/** By the audit log, which says of each batch what went: the newest of each rule. */
async function readLast({ em }: Transaction): Promise<Map<string, { at: Date; count: number }>> {
  const rows = await em.execute<{ rule: string; at: string | Date; count: string }[]>(
    `select distinct on (data->>'rule') data->>'rule' as rule, at, data->>'count' as count
       from audit_entry where action = 'retention.deleted' order by data->>'rule', id desc`,
  );
  return new Map(rows.map(({ rule, at, count }) => [rule, { at: new Date(at), count: Number(count) }]));
}
