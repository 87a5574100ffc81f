import { expect, test } from 'vitest';
import { inBatches } from '../../../src/mail/outbound/in-batches.ts';

/** Work that ends when it is told to, and the batches that it was given. */
function heldWork() {
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const work = (items: readonly number[]) => {
    batches.push([...items]);
    return new Promise<number[]>((resolve) => ends.push(() => resolve(items.map((item) => item * 10))));
  };
  const begun = async (count: number) => {
    while (batches.length < count) await new Promise(setImmediate);
  };
  return { batches, ends, work, begun };
}

test('one alone does not wait for others; those that come meanwhile are one batch, and each gets its own result', async () => {
  const { batches, ends, work, begun } = heldWork();
  const add = inBatches(work);
  const first = add(1);
  await begun(1);
  const others = [2, 3, 4].map(add);
  ends[0]?.();
  expect(await first).toBe(10);
  await begun(2);
  ends[1]?.();
  expect(await Promise.all(others)).toEqual([20, 30, 40]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test('one that cannot be done is told so, and holds up no other of its batch', async () => {
  const done: number[] = [];
  const add = inBatches((items: readonly number[]) => {
    if (items.includes(2)) return Promise.reject(new Error('not this one'));
    done.push(...items);
    return Promise.resolve(items);
  });
  const results = await Promise.allSettled([1, 2, 3].map(add));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(done).toEqual([1, 3]);
});
