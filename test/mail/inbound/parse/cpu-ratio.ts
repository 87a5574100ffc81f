const SMALLEST = 4 * 1024;
const LARGEST = 512 * 1024;
/** A measured run takes at least so long, by a larger input or by repeating it. */
const MEASURABLE_US = 20_000;
const LEAST_ROUNDS = 5;
const MOST_ROUNDS = 25;

/**
 * How many times longer twice the input takes: CPU time, so that waiting for others does not count, the least of five
 * rounds each. On a busy machine it takes more rounds to see the least: they end when the ratio is below `enough`.
 * `prepare` makes an input of about so many characters, twice `largest` at most, and gives what is to be measured.
 */
export function cpuRatio(prepare: (size: number) => () => unknown, enough: number, largest = LARGEST): number {
  let size = SMALLEST;
  while (size < largest && micros(prepare(size), 1) < MEASURABLE_US) size *= 2;
  const once = prepare(size);
  const twice = prepare(size * 2);
  let turns = 1;
  while (micros(once, turns) < MEASURABLE_US) turns *= 2;
  let [least, leastTwice] = [Infinity, Infinity];
  for (let round = 0; round < LEAST_ROUNDS || (round < MOST_ROUNDS && leastTwice / least >= enough); round++) {
    least = Math.min(least, micros(once, turns));
    leastTwice = Math.min(leastTwice, micros(twice, turns));
  }
  return leastTwice / least;
}

function micros(run: () => unknown, turns: number): number {
  const before = process.cpuUsage();
  for (let turn = 0; turn < turns; turn++) run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
