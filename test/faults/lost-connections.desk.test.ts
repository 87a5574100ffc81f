import { expect, test } from 'vitest';
import { useDesk } from '../support/desk.ts';
import { eventually } from '../support/processes.ts';
import { cuttableProxy } from '../support/proxy.ts';

const proxy = cuttableProxy();
const desk = useDesk({ reach: (url) => proxy.reach(url) });
const ask = (sql = 'select 1 as one') => desk().transaction((tx) => tx.em.execute(sql));
const works = () =>
  ask().then(
    () => true,
    () => false,
  );

/** The moments of a transaction at which its connection can die. */
test.each<[string, () => Promise<unknown>]>([
  ['in the middle of a statement', () => Promise.all([ask('select pg_sleep(5)'), busy().then(() => proxy.cut())])],
  ['between two statements', () => desk().transaction(async (tx) => (await proxy.cut(), tx.em.execute('select 2')))],
  ['before the commit', () => desk().transaction(async (tx) => (await tx.em.execute('select 1'), proxy.cut()))],
])('M22: connections that die %s fail their transaction, and the desk goes on, however often', async (_, lose) => {
  // More often than there are connections in the pool.
  for (let n = 0; n < 15; n++) {
    await expect(lose()).rejects.toThrow(/connection|terminated|ECONN/i);
    await proxy.mend();
    await eventually('it works again', works);
  }
});

/** Waits until a statement has begun. */
async function busy(): Promise<void> {
  await eventually('a statement runs', async () => {
    const rows = await ask(`select 1 from pg_stat_activity where query = 'select pg_sleep(5)' and state = 'active'`);
    return rows.length > 0;
  });
}
