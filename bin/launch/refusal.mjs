/** Something the user can mend; printed without a stack. */
export class Refusal extends Error {}

/** Tells the user something. On stderr, since stdout may be read by a program. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}
