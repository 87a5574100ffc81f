const SMALLEST = 4 * 1024;
const LARGEST = 512 * 1024;
/** A measured run takes at least so long, by a larger input or by repeating it. */
const MEASURABLE_US = 20_000;
const WARM_ROUNDS = 3;
const LEAST_ROUNDS = 5;
const MOST_ROUNDS = 15;

/**
 * How many times longer twice the input takes: CPU time, so that waiting for others does not count, the least of five
 * rounds each. On a busy machine it takes more rounds to see the least, and where the caches end a step that is none of
 * the scanner's: while the ratio is not below `enough` it is measured again, with other inputs, larger where that is allowed.
 * Work that grows faster than its input shows the more, the larger it is. `prepare` makes an input of about so many
 * characters, twice `largest` at most, and gives what is to be measured.
 */
export async function cpuRatio(
  prepare: (size: number) => () => unknown,
  enough: number,
  largest = LARGEST,
): Promise<number> {
  let size = SMALLEST;
  while (size < largest && (await leastOf(WARM_ROUNDS, prepare(size))) < MEASURABLE_US) size *= 2;
  let ratio = Infinity;
  // A fast machine is at the largest at once: there the step is stepped around from below.
  const sizes = size < largest ? [size, size * 2, size * 4] : [largest, largest / 2, largest / 4];
  for (const tried of sizes)
    if (ratio >= enough) ratio = Math.min(ratio, await ratioAt(prepare, Math.min(tried, largest), enough));
  return ratio;
}

/** The first runs of a function are those of an interpreter. */
async function leastOf(rounds: number, run: () => unknown): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) least = Math.min(least, await micros(run, 1));
  return least;
}

async function ratioAt(prepare: (size: number) => () => unknown, size: number, enough: number): Promise<number> {
  const once = prepare(size);
  const twice = prepare(size * 2);
  let turns = 1;
  while ((await micros(once, turns)) < MEASURABLE_US) turns *= 2;
  let [least, leastTwice] = [Infinity, Infinity];
  for (let round = 0; round < LEAST_ROUNDS || (round < MOST_ROUNDS && leastTwice / least >= enough); round++) {
    least = Math.min(least, await micros(once, turns));
    leastTwice = Math.min(leastTwice, await micros(twice, turns));
  }
  return leastTwice / least;
}

async function micros(run: () => unknown, turns: number): Promise<number> {
  const before = process.cpuUsage();
  for (let turn = 0; turn < turns; turn++) await run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
