import { Validator } from '@seriousme/openapi-schema-validator';
import { parseDocument } from 'htmlparser2';
import { expect, test } from 'vitest';
import { openapiDocument, type Operation } from '../../src/api/openapi.ts';
import { referencePage } from '../../src/api/reference/reference-page.ts';
import { AREAS } from '../../src/contract/areas.ts';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Route } from '../../src/contract/route.ts';

const NAMES = Object.keys(PATHS) as RouteName[];
const document = openapiDocument(true);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

test('the description of the API is the one that was reviewed (npm run openapi writes it anew)', async () => {
  const text = `${JSON.stringify(openapiDocument(false), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/openapi.json');
});

test.each([true, false])('the description is valid OpenAPI 3.1 (local mode: %s)', async (local) => {
  const { valid, errors } = await new Validator().validate(structuredClone({ ...openapiDocument(local) }));
  expect([valid, errors ?? []]).toEqual([true, []]);
});

test('the description names every operation of the contract once, in an area', () => {
  const described = operations.map(({ path, method, operation }) => [operation.operationId, method, path]);
  const contract = NAMES.map((name) => [name, PATHS[name][0], PATHS[name][1].replace(/:(\w+)/g, '{$1}')]);
  expect(described.sort()).toEqual(contract.sort());
  const inAreas = Object.values(AREAS).flatMap((routes) => Object.keys(routes));
  expect(inAreas.sort()).toEqual(NAMES.toSorted());
});

test('every operation says what it takes and gives: path parameters, a body where one is sent, success and refusals', () => {
  for (const { path, method, operation } of operations) {
    const own = operation.parameters.filter((one) => 'in' in one);
    const named = own.filter((parameter) => parameter.in === 'path');
    expect(named.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(named.every(({ required }) => required)).toBe(true);
    expect(operation.requestBody === undefined, operation.operationId).toBe(method === 'GET');
    expect(operation.summary).not.toBe('');
    const statuses = Object.keys(operation.responses);
    expect(statuses).toEqual(expect.arrayContaining(['400', 'default']));
    expect(statuses.filter((status) => /^[23]0[0-3]$/.test(status))).toHaveLength(1);
  }
});

test('every operation says who may call it, with what, and what it looks at beside the body', () => {
  const named = (name: RouteName) => operations.find(({ operation }) => operation.operationId === name)?.operation;
  const headers = ({ parameters }: Operation) =>
    parameters.flatMap((one) => ('$ref' in one ? one.$ref.split('/').at(-1) : []));
  expect(named('transitionTicket')).toMatchObject({
    description: 'For employee, coordinator, admin. An API key needs the scope tickets:write.',
    security: [{ session: [] }, { apiKey: ['tickets:write'] }],
  });
  expect(headers(named('transitionTicket')!)).toEqual(['Idempotency-Key', 'If-Match']);
  expect(headers(named('readTicket')!)).toEqual(['If-None-Match']);
  expect(headers(named('employeeToken')!)).toEqual([]);
  for (const name of NAMES)
    expect(named(name)?.security === undefined, name).toBe((ROUTES[name] as Route).access === 'anyone');
});

test('the document stands alone: every reference leads to something in it', () => {
  const text = JSON.stringify(document);
  expect(text).not.toContain('$schema');
  const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to));
  expect(references.size).toBeGreaterThan(10);
  for (const reference of references) {
    const found = reference
      .split('/')
      .reduce<unknown>(
        (at, part) => (part === '#' ? document : (at as Record<string, unknown> | undefined)?.[part]),
        undefined,
      );
    expect(found, reference).toBeDefined();
  }
});

interface Element {
  name: string;
  attribs?: Record<string, string>;
  children?: Element[];
}

function* elements(nodes: Element[]): Generator<Required<Element>> {
  for (const node of nodes) {
    if (node.attribs) yield { children: [], ...node, attribs: node.attribs };
    if (node.children) yield* elements(node.children);
  }
}

test('the reference page needs no script and no inline style, and each of its links leads somewhere', () => {
  const all = [...elements(parseDocument(referencePage(document)).children as unknown as Element[])];
  expect(all.filter(({ name }) => ['script', 'style', 'iframe', 'img'].includes(name))).toEqual([]);
  expect(all.filter(({ attribs }) => Object.keys(attribs).some((one) => /^(style|on)/.test(one)))).toEqual([]);
  const ids = all.flatMap(({ attribs }) => attribs['id'] ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  const links = all.flatMap(({ attribs }) => attribs['href'] ?? []);
  expect(links.filter((to) => !to.startsWith('#')).sort()).toEqual(['/api/docs/style.css', '/api/openapi.json']);
  expect(links.filter((to) => to.startsWith('#') && !ids.includes(to.slice(1)))).toEqual([]);
  expect(NAMES.filter((name) => !ids.includes(name))).toEqual([]);
  const levels = all.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? Number(name[1]) : []));
  expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
});

test('what a description says is text on the page, whatever it is', () => {
  const evil = '<img src=x onerror=alert(1)>"\'&`<b>code</b>`';
  const page = referencePage({ ...document, info: { ...document.info, title: evil, description: evil } });
  expect(page).not.toMatch(/<img|<b>code/);
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
});
