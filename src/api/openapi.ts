import { AREAS } from '../contract/areas.ts';
import { takesIdempotencyKey } from '../contract/idempotency.ts';
import { PATHS, type RouteName } from '../contract/paths.ts';
import { limitsOf, takesVersion, type Route } from '../contract/route.ts';
import { ROUTES } from '../contract/routes.ts';
import { ABOUT, HEADERS, PARAMETERS, REFUSALS, SCHEMAS, SECURITY } from './reference/components.ts';
import { schemaMaker, type JsonSchema, type SchemaMaker } from './reference/json-schema.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: JsonSchema;
}
interface Reference {
  $ref: string;
}
type Content = Record<string, { schema?: JsonSchema }>;
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters: (Parameter | Reference)[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<
    string,
    Reference | { description: string; headers?: Record<string, Reference>; content?: Content }
  >;
}
export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<'schemas' | 'responses' | 'parameters' | 'headers' | 'securitySchemes', Record<string, unknown>>;
}

/** The API as OpenAPI 3.1, made from the contract: nothing is written twice. `local` adds the local-mode operations. */
export function openapiDocument(local: boolean): OpenApi {
  const schemas = schemaMaker();
  const paths: OpenApi['paths'] = {};
  const described = (Object.keys(PATHS) as RouteName[]).filter((name) => local || !(ROUTES[name] as Route).local);
  for (const name of described) {
    const [method, path] = PATHS[name];
    (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {})[method.toLowerCase()] = operation(name, schemas);
  }
  const used = new Set(described.map(areaOf));
  return {
    openapi: '3.1.0',
    info: { title: 'SmartSupport', version: '1', description: ABOUT },
    servers: [{ url: '/' }],
    tags: Object.keys(AREAS).flatMap((name) => (used.has(name) ? [{ name }] : [])),
    paths,
    components: {
      schemas: { ...schemas.named(), ...SCHEMAS },
      responses: REFUSALS,
      parameters: PARAMETERS,
      headers: HEADERS,
      securitySchemes: SECURITY,
    },
  };
}

const areaOf = (name: RouteName): string => Object.entries(AREAS).find(([, routes]) => name in routes)?.[0] ?? '';

function operation(name: RouteName, schemas: SchemaMaker): Operation {
  const route: Route = ROUTES[name];
  const reads = PATHS[name][0] === 'GET';
  const about = description(route);
  return {
    operationId: name,
    tags: [areaOf(name)],
    summary: route.summary,
    ...(about && { description: about }),
    ...(route.access !== 'anyone' && { security: security(route) }),
    parameters: [
      ...parameters(route.params, 'path', schemas),
      ...parameters(route.query, 'query', schemas),
      ...headerNames(name, route).map((header) => ({ $ref: `#/components/parameters/${header}` })),
    ],
    ...(!reads && { requestBody: requestBody(route, schemas) }),
    responses: {
      [route.status]: success(name, route, schemas),
      ...(reads &&
        route.status === 200 && { 304: { description: 'It is what the entity tag of If-None-Match stands for.' } }),
      ...Object.fromEntries(refusals(name, route).map((one) => [one, { $ref: `#/components/responses/${one}` }])),
    },
  };
}

/** Who may call it, in words. */
function description({ access, scope, recent, enrolment, local }: Route): string {
  return [
    ...(access === 'anyone' ? [] : [`For ${access.join(', ')}.`]),
    ...(access === 'anyone' ? [] : [scope ? `An API key needs the scope ${scope}.` : 'Not for API keys.']),
    ...(recent ? ['Needs a sign-in of the last 15 minutes.'] : []),
    ...(enrolment ? ['Open to who must set up a second factor first.'] : []),
    ...(local ? ['In local mode only.'] : []),
  ].join(' ');
}

function security({ scope }: Route): Record<string, string[]>[] {
  return [{ session: [] }, ...(scope ? [{ apiKey: [scope] }] : [])];
}

function headerNames(name: RouteName, route: Route): string[] {
  return [
    ...(PATHS[name][0] === 'GET' && route.status === 200 ? ['If-None-Match'] : []),
    ...(takesIdempotencyKey(name) ? ['Idempotency-Key'] : []),
    ...(takesVersion(route) ? ['If-Match'] : []),
  ];
}

function success(name: RouteName, route: Route, schemas: SchemaMaker): Operation['responses'][string] {
  const redirects = route.status === 302;
  const names = [
    ...(PATHS[name][0] === 'GET' && !redirects ? ['ETag'] : []),
    ...(takesIdempotencyKey(name) ? ['Idempotent-Replayed'] : []),
    ...(redirects ? ['Location'] : []),
    ...(limitsOf(route).length > 0 ? ['RateLimit', 'RateLimit-Policy'] : []),
    'X-Request-Id',
  ];
  const headers = Object.fromEntries(names.map((one) => [one, { $ref: `#/components/headers/${one}` }]));
  return redirects
    ? { description: 'Go on there', headers }
    : { description: 'Done', headers, content: answer(route, schemas) };
}

/** The refusals that follow from what an operation is; `default` stands for whatever else it says no to. */
function refusals(name: RouteName, route: Route): string[] {
  const writes = PATHS[name][0] !== 'GET';
  return [
    '400',
    ...(route.access === 'anyone' ? [] : ['401', '403']),
    ...(PATHS[name][1].includes(':') ? ['404'] : []),
    ...(takesVersion(route) || takesIdempotencyKey(name) ? ['409'] : []),
    ...(writes ? ['413'] : []),
    ...(writes && (route.takes !== 'raw' || route.raw) ? ['415'] : []),
    ...(limitsOf(route).length > 0 ? ['429'] : []),
    'default',
  ];
}

function parameters(schema: Route['params'], place: 'path' | 'query', schemas: SchemaMaker): Parameter[] {
  const { properties = {}, required = [] } = schemas.input(schema);
  return Object.entries(properties).map(([name, of]) => ({
    ...{ name, in: place, required: place === 'path' || required.includes(name), schema: of },
  }));
}

function requestBody({ takes, body, raw, file }: Route, schemas: SchemaMaker): NonNullable<Operation['requestBody']> {
  const types = raw?.types ?? ['message/rfc822'];
  if (takes === 'raw') return { required: true, content: Object.fromEntries(types.map((type) => [type, {}])) };
  const schema = schemas.input(body);
  const files = { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } };
  const form = { ...schema, properties: { ...schema.properties, ...(!file && { attachments: files }) } };
  return {
    content: {
      'application/json': { schema },
      ...(takes === 'multipart' && { 'multipart/form-data': { schema: form } }),
    },
  };
}

function answer({ gives, response }: Route, schemas: SchemaMaker): Content {
  return gives === 'stream'
    ? { 'application/octet-stream': {} }
    : { 'application/json': { schema: schemas.output(response) } };
}
