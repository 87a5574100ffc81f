import { createRequire } from 'node:module';
import { afterAll, beforeAll } from 'vitest';

/** What runs on the driver's client, as far as counting needs it. */
interface Driver {
  Client: { prototype: { query: (...given: unknown[]) => unknown } };
}

/** The driver that the ORM itself loads: npm may have installed more than one. */
const fromHere = createRequire(import.meta.url);
const driver = createRequire(fromHere.resolve('@mikro-orm/postgresql'))('pg') as Driver;

/** Every statement that the ORM of this process sends, in order; pg-boss's own housekeeping is left out. `take` empties it. */
export function useStatements(): { take(): string[] } {
  let seen: string[] = [];
  const { prototype } = driver.Client;
  const { query } = prototype;
  beforeAll(() => {
    prototype.query = function (this: unknown, ...given: unknown[]) {
      const text = textOf(given[0]);
      if (text !== null && !/\bpgboss\./.test(text)) seen.push(text);
      return query.apply(this, given);
    };
  });
  afterAll(() => {
    prototype.query = query;
  });
  return {
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
  };
}

/** The text of a query given as text, as an object, or as a cursor that holds it. */
function textOf(given: unknown): string | null {
  if (typeof given === 'string') return given;
  const { text } = (given ?? {}) as { text?: unknown };
  return typeof text === 'string' ? text : null;
}
