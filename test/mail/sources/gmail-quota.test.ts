import { expect, test } from 'vitest';
import { quotaBucket, UNITS } from '../../../src/mail/sources/gmail-quota.ts';

test('M39: however much is asked for, a mailbox spends at most 100 units a second over a minute', async () => {
  let clock = 0;
  const spent: { at: number; units: number }[] = [];
  const wait = (milliseconds: number) => Promise.resolve(void (clock += milliseconds));
  const spend = quotaBucket({ now: () => clock, wait });
  for (let n = 0; n < 2000; n++) {
    const operation = n % 50 === 0 ? 'messages.batchModify' : 'messages.get';
    await spend(operation);
    spent.push({ at: clock, units: UNITS[operation] });
  }
  const minutes = spent.map(({ at }) => spent.filter((one) => one.at >= at && one.at < at + 60_000));
  const most = Math.max(...minutes.map((ones) => ones.reduce((sum, { units }) => sum + units, 0)));
  expect(most).toBeLessThanOrEqual(6000);
  expect(clock).toBeLessThan(((2000 * 21) / 80) * 1000); // and wastes none of it
});
