import fc, { type Arbitrary } from 'fast-check';
import type { JsonSchema } from '../../../src/api/reference/json-schema.ts';
import { AWKWARD, HOSTILE } from './hostile.ts';

/** How often a part is something else than the description says. */
const ODD = 1;
const FITTING = 8;

/**
 * Values as a description (JSON Schema) asks for them, at the edges of what it allows, and in each part now and then something else. Numbers
 * without bounds are often one of `ids`, as most of them name an object.
 */
export function like(schema: JsonSchema, ids: readonly number[]): Arbitrary<unknown> {
  return fc.oneof(
    { weight: FITTING, arbitrary: fitting(schema, ids) },
    { weight: ODD, arbitrary: fc.constantFrom(...HOSTILE) },
  );
}

function fitting(schema: JsonSchema, ids: readonly number[]): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return fc.oneof(...either.map((one) => like(one, ids)));
  const types = [schema.type ?? []].flat();
  return types.length === 0
    ? fc.jsonValue({ maxDepth: 2 })
    : fc.oneof(...types.map((type) => ofType(type, schema, ids)));
}

function ofType(type: string, schema: JsonSchema, ids: readonly number[]): Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return object(schema, ids);
    case 'array': {
      const { minItems = 0, maxItems = 4 } = schema;
      return fc.array(like(schema.items ?? {}, ids), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(4, maxItems)),
      });
    }
    case 'integer':
    case 'number':
      return number(schema, ids);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return text(schema, ids);
  }
}

function object({ properties = {}, required = [] }: JsonSchema, ids: readonly number[]): Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, like(of, ids)]));
  return fc.record(fields, { requiredKeys: required.filter((name) => name in fields), noNullPrototype: true });
}

function number({ minimum, maximum }: JsonSchema, ids: readonly number[]): Arbitrary<number> {
  const range = { min: minimum ?? -(2 ** 53 - 1), max: maximum ?? 2 ** 53 - 1 };
  return fc.oneof(fc.constantFrom(...ids), fc.integer(range), fc.constantFrom(range.min, range.max));
}

function text(
  { format, pattern, minLength = 0, maxLength = 300 }: JsonSchema,
  ids: readonly number[],
): Arbitrary<string> {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const bounds = { minLength, maxLength: Math.max(minLength, Math.min(300, maxLength)) };
  const plain: Arbitrary<string>[] = [
    fc.string({ ...bounds, unit: 'grapheme' }),
    fc.constant('x'.repeat(Math.min(maxLength, 50_000))),
    fc.constantFrom(...AWKWARD),
    fc.constantFrom(...AWKWARD),
    fc.constantFrom(...ids).map(String),
  ];
  return fc.oneof(...(pattern ? [matching(pattern)] : []), ...plain);
}

/** Of a pattern; look-around is more than the generator can do. */
function matching(pattern: string): Arbitrary<string> {
  if (pattern.includes('(?')) return fc.string();
  return fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: 200 });
}
