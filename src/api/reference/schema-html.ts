import { html, inline, type Html } from './html.ts';
import type { JsonSchema } from './json-schema.ts';

/** A schema for people: its kind in words, and below it a list of its fields. */
export function schemaHtml(schema: JsonSchema): Html {
  return html`${kindOf(schema)}${fieldsOf(schema)}`;
}

/** What a value is, in a few words: `text, 1 to 300 characters`. */
export function kindOf(schema: JsonSchema): Html {
  const { $ref, items, anyOf, oneOf, const: only, default: initial } = schema;
  if ($ref) return link($ref);
  const either = anyOf ?? oneOf;
  if (either) return joined(either.map(kindOf), ' or ');
  if (items) return html`list of ${kindOf(items)}${bounds('items', schema.minItems, schema.maxItems)}`;
  if (schema.enum)
    return joined(
      schema.enum.map((one) => html`<code>${String(one)}</code>`),
      ' · ',
    );
  if (only !== undefined) return html`<code>${String(only)}</code>`;
  const said = html`${wordOf(schema)}${limitsOf(schema)}`;
  return initial === undefined ? said : html`${said}, <code>${String(initial)}</code> unless said`;
}

function link($ref: string): Html {
  const name = $ref.split('/').at(-1) ?? '';
  return html`<a href="#schema-${name}">${name}</a>`;
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  null: 'null',
  object: 'object',
  array: 'list',
};

function wordOf({ type, format }: JsonSchema): string {
  if (format === 'date-time') return 'time in UTC';
  return [type ?? 'anything']
    .flat()
    .map((one) => WORDS[one] ?? one)
    .join(' or ');
}

function limitsOf({ format, pattern, minimum, maximum, exclusiveMinimum, minLength, maxLength }: JsonSchema): Html {
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
  const shape = pattern && !format && pattern.length < 60 ? html`, like <code>${pattern}</code>` : null;
  return html`${bounds('', least, maximum)}${bounds('characters', minLength, maxLength)}${shape}`;
}

function bounds(of: string, least: number | undefined, most: number | undefined): Html | null {
  const unit = of && ` ${of}`;
  if (least === undefined && most === undefined) return null;
  if (most === undefined) return html`, at least ${least ?? 0}${unit}`;
  return least === undefined ? html`, at most ${most}${unit}` : html`, ${least} to ${most}${unit}`;
}

function joined(parts: readonly Html[], by: string): Html {
  return { html: parts.map((part) => part.html).join(by) };
}

/** The fields of an object, of the objects of a list, or of each kind that it may be. */
function fieldsOf(schema: JsonSchema): Html | null {
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return html`${either.map(fieldsOf)}`;
  if (schema.items) return fieldsOf(schema.items);
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return null;
  const needed = new Set(schema.required);
  return html`<ul class="fields">
    ${fields.map(
      ([name, of]) =>
        html`<li>
          <code class="name">${name}</code>${needed.has(name) ? html` <b>needed</b>` : null}
          <span>${kindOf(of)}</span>${
            of.description ? html`<span class="about">${inline(of.description)}</span>` : null
          }${fieldsOf(of)}
        </li>`,
    )}
  </ul>`;
}
