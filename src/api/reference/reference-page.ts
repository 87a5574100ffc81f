import type { OpenApi, Operation, Parameter } from '../openapi.ts';
import { html, inline, prose, type Html } from './html.ts';
import { schemaHtml } from './schema-html.ts';
import type { JsonSchema } from './json-schema.ts';

interface Described {
  method: string;
  path: string;
  operation: Operation;
}

/** The description of the API as a page to read: plain html, no script, every operation and shape with an address of its own. */
export function referencePage(document: OpenApi): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const areas = document.tags.map(({ name }) => ({
    name,
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const schemas = Object.entries(document.components.schemas) as [string, JsonSchema][];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title}: API reference</title>
        <link rel="stylesheet" href="/api/docs/style.css" />
      </head>
      <body>
        <a class="skip" href="#main">To the reference</a>
        <header>
          <h1>${document.info.title} API</h1>
          <p><a href="/api/openapi.json">openapi.json</a> · OpenAPI ${document.openapi}</p>
        </header>
        <nav aria-label="Contents">
          ${areas.map(areaLinks)}
          <h2>Shapes</h2>
          <ul>
            ${schemas.map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}
          </ul>
        </nav>
        <main id="main">
          <section aria-label="About">${prose(document.info.description)}${refusalTable(document)}</section>
          ${areas.map(
            ({ name, operations: of }) =>
              html`<section aria-labelledby="${idOf(name)}">
                <h2 id="${idOf(name)}">${name}</h2>
                ${of.map((one) => operationHtml(one, document))}
              </section>`,
          )}
          <section aria-labelledby="shapes">
            <h2 id="shapes">Shapes</h2>
            ${schemas.map(
              ([name, schema]) =>
                html`<article aria-labelledby="schema-${name}">
                  <h3 id="schema-${name}">${name}</h3>
                  ${schemaHtml(schema)}
                </article>`,
            )}
          </section>
        </main>
      </body>
    </html>`;
  return page.html;
}

const idOf = (area: string) => `area-${area}`.toLowerCase().replaceAll(' ', '-');

function areaLinks({ name, operations }: { name: string; operations: Described[] }): Html {
  const links = operations.map(
    ({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
  );
  return html`<h2>${name}</h2>
    <ul>
      ${links}
    </ul>`;
}

function operationHtml({ method, path, operation }: Described, document: OpenApi): Html {
  const { operationId, summary, description, requestBody } = operation;
  const parameters = operation.parameters.map((one) => ('$ref' in one ? parameterAt(one.$ref, document) : one));
  return html`<article aria-labelledby="${operationId}">
    <h3 id="${operationId}"><code class="method">${method}</code> <code>${path}</code></h3>
    <p class="summary">${summary}</p>
    ${description ? html`<p>${description}</p>` : null}${
      parameters.length > 0
        ? html`<h4>Parameters</h4>
            <ul class="fields">
              ${parameters.map(parameterHtml)}
            </ul>`
        : null
    }${
      requestBody
        ? html`<h4>Body</h4>
            ${bodyHtml(requestBody.content)}`
        : null
    }
    <h4>Answers</h4>
    <ul class="answers">
      ${Object.entries(operation.responses).map(([status, response]) => answerHtml(status, response))}
    </ul>
  </article>`;
}

function parameterAt($ref: string, { components }: OpenApi): Parameter {
  return components.parameters[$ref.split('/').at(-1) ?? ''] as Parameter;
}

function parameterHtml({ name, in: place, required, schema, description }: Parameter): Html {
  const about = description ? html`<span class="about">${inline(description)}</span>` : null;
  return html`<li>
    <code class="name">${name}</code> <i>${place}</i>${required ? html` <b>needed</b>` : null}
    <span>${schemaHtml(schema)}</span>${about}
  </li>`;
}

function bodyHtml(content: NonNullable<Operation['requestBody']>['content']): Html[] {
  return Object.entries(content).map(
    ([type, { schema }]) =>
      html`<p><code>${type}</code></p>
        ${schema ? html`<div>${schemaHtml(schema)}</div>` : null}`,
  );
}

function answerHtml(status: string, response: Operation['responses'][string]): Html {
  if ('$ref' in response)
    return html`<li><a href="#refusal-${status}">${status === 'default' ? 'other' : status}</a></li>`;
  const shapes = Object.entries(response.content ?? {}).map(([type, { schema }]) =>
    schema ? schemaHtml(schema) : html`<code>${type}</code>`,
  );
  return html`<li class="done"><b>${status}</b> ${shapes.length > 0 ? shapes : response.description}</li>`;
}

function refusalTable({ components }: OpenApi): Html {
  const rows = Object.entries(components.responses as Record<string, { description: string }>);
  return html`<table>
    <caption>
      Refusals
    </caption>
    <thead>
      <tr>
        <th scope="col">Status</th>
        <th scope="col">Meaning</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([status, { description }]) =>
          html`<tr id="refusal-${status}">
            <th scope="row">${status === 'default' ? 'other' : status}</th>
            <td>${inline(description)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
