import { z } from 'zod';
import * as shapes from '../../contract/schemas.ts';

/** What we use of JSON Schema 2020-12. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  $defs?: Record<string, JsonSchema>;
}

export interface SchemaMaker {
  /** Of what a client sends. */
  input(schema: z.ZodType): JsonSchema;
  /** Of what it gets; the shapes of contract/schemas.ts by reference. */
  output(schema: z.ZodType): JsonSchema;
  /** Those that were referred to, by name. */
  named(): Record<string, JsonSchema>;
}

/** Makes JSON Schema of the contract's shapes, and collects those that have a name. */
export function schemaMaker(): SchemaMaker {
  const names = z.registry<{ id?: string }>();
  for (const [id, shape] of Object.entries(shapes)) if (shape instanceof z.ZodObject) names.add(shape, { id });
  const known = new Map<string, JsonSchema>();

  const make = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
    const metadata = io === 'output' ? { metadata: names } : {};
    const override = ({ jsonSchema }: { jsonSchema: object }) => shorten(jsonSchema as JsonSchema, io);
    // Below a property: a root would lose its name.
    const wrapped = z.toJSONSchema(z.object({ it: schema }), { io, unrepresentable: 'any', override, ...metadata });
    const { properties, $defs = {} } = refer(wrapped as JsonSchema);
    for (const [name, definition] of Object.entries($defs)) known.set(name, definition);
    return properties?.['it'] ?? {};
  };
  return {
    input: (schema) => make(schema, 'input'),
    output: (schema) => make(schema, 'output'),
    named: () => Object.fromEntries([...known].toSorted(([a], [b]) => a.localeCompare(b))),
  };
}

/** Leaves out what says nothing to a reader, and what would make a further field of an answer a breaking change. */
function shorten(schema: JsonSchema, io: 'input' | 'output'): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.format === 'date-time') schema.pattern = 'Z$';
  if (schema.propertyNames?.type === 'string') delete schema.propertyNames;
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
}

function refer(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema;
}
