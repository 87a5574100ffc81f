import { z } from 'zod';
import { PATHS, type RouteName } from '../contract/paths.ts';
import { ROUTES } from '../contract/routes.ts';
import type { Route } from '../contract/route.ts';

const PROBLEM = z.object({ error: z.string(), code: z.string(), details: z.record(z.string(), z.unknown()) });

const REDIRECT = { description: 'Go on there', headers: { Location: { schema: { type: 'string' } } } };

/** The API as OpenAPI 3.1, made from the contract: nothing is written twice. `local` adds the local-mode operations. */
export function openapiDocument(local: boolean): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of Object.keys(PATHS) as RouteName[]) {
    const route: Route = ROUTES[name];
    if (route.local && !local) continue;
    const [method, path] = PATHS[name];
    (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {})[method.toLowerCase()] = operation(name, route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'SmartSupport', version: '1', description: 'Email-driven help desk' },
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}

function operation(name: RouteName, route: Route): Record<string, unknown> {
  return {
    operationId: name,
    summary: route.summary,
    ...(route.access !== 'anyone' && { security: [{ bearer: [] }], description: `For: ${route.access.join(', ')}` }),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(PATHS[name][0] !== 'GET' && { requestBody: requestBody(route) }),
    responses: {
      [route.status]: route.status === 302 ? REDIRECT : { description: 'Done', content: answer(route) },
      default: { description: 'Refused', content: { 'application/json': { schema: json(PROBLEM, 'output') } } },
    },
  };
}

function json(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function parameters(schema: z.ZodType, place: 'path' | 'query'): unknown[] {
  const { properties = {}, required = [] } = json(schema, 'input') as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, of]) => ({
    ...{ name, in: place, required: place === 'path' || required.includes(name), schema: of },
  }));
}

function requestBody({ takes, body, raw, file }: Route): Record<string, unknown> {
  const types = raw?.types ?? ['message/rfc822'];
  if (takes === 'raw') return { required: true, content: Object.fromEntries(types.map((type) => [type, {}])) };
  const schema = json(body, 'input');
  const files = {
    attachments: { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } },
  };
  const multipart = { schema: { ...schema, properties: { ...(schema['properties'] as object), ...(!file && files) } } };
  return {
    content: { 'application/json': { schema }, ...(takes === 'multipart' && { 'multipart/form-data': multipart }) },
  };
}

function answer({ gives, response }: Route): Record<string, unknown> {
  return gives === 'stream'
    ? { 'application/octet-stream': {} }
    : { 'application/json': { schema: json(response, 'output') } };
}
