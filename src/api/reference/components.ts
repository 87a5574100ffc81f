import { codesOf, ERROR_CODES, type ErrorCode } from '../../errors.ts';
import type { Parameter } from '../openapi.ts';

/** What holds for every operation, told once. */
export const ABOUT = [
  'The API of an email-driven help desk.',
  'Sign in at `POST /api/token/employee`, and send `Authorization: Bearer` with the access token, or with an API key.',
  'Bodies are JSON in UTF-8; unknown fields are refused. Times are ISO 8601 in UTC.',
  'Every refusal is `{error, code, details}`: `error` is for people, `code` never changes its meaning, and `details` names the fields that are wrong.',
  'What you may not see does not exist (404); what you may not do is forbidden (403).',
].join('\n\n');

export const SECURITY = {
  session: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of a sign-in. It is good for ten minutes; the refresh token gives the next one.',
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key (`ssk_…`): it acts for the person who made it, within its scopes, until it expires.',
  },
};

export const PARAMETERS: Record<string, Parameter> = {
  'Idempotency-Key': {
    ...{ name: 'Idempotency-Key', in: 'header', required: false },
    description:
      'Any text that you make up for this one request, such as a UUID. Sent again within 24 hours, with the same body, it does nothing and gets the first answer. With another body it is refused (409 `idempotency_conflict`).',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  'If-Match': {
    ...{ name: 'If-Match', in: 'header', required: false },
    description:
      'The ETag that the object was read with: refused (409 `version_conflict`, with what happened since) when it has changed. Another way to say `version`.',
    schema: { type: 'string' },
  },
  'If-None-Match': {
    ...{ name: 'If-None-Match', in: 'header', required: false },
    description: 'The ETag of the answer that you have: 304 when it is still the same.',
    schema: { type: 'string' },
  },
};

const text = { type: 'string' };
export const HEADERS = {
  ETag: { description: 'Stands for these bytes; see If-None-Match and If-Match.', schema: text },
  'Idempotent-Replayed': { description: '`true`: this is the answer that the key got the first time.', schema: text },
  Location: { description: 'Where to go on.', schema: text },
  'X-Request-Id': { description: 'Names this request in our log. Tell it when you ask about it.', schema: text },
  RateLimit: {
    description:
      'What is left (`r`) of each limit that this counted against, and the seconds until it begins anew (`t`).',
    schema: text,
  },
  'RateLimit-Policy': { description: 'Those limits: so many (`q`) in so many seconds (`w`).', schema: text },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
  'WWW-Authenticate': { description: 'RFC 6750.', schema: text },
};

const PROBLEM = {
  type: 'object',
  properties: {
    error: { type: 'string', description: 'For people.' },
    code: { type: 'string', enum: ERROR_CODES, description: 'For programs.' },
    details: { type: 'object', additionalProperties: true, description: 'Wrong fields with what is wrong, or facts.' },
  },
  required: ['error', 'code', 'details'],
};

const ABOUT_STATUS: Record<string, string> = {
  400: 'Something in the request is wrong; `details` names the fields.',
  401: 'Nobody is signed in, or not any more.',
  403: 'Your role, your API key or your sign-in does not allow this.',
  404: 'There is no such object for you.',
  409: 'It does not fit the state of the object.',
  413: 'The body is too large.',
  415: 'The body has another content type than this takes.',
  429: 'Too many requests: wait.',
  503: 'Not available right now. Nothing is lost.',
  default: 'Any other refusal.',
};

const EXTRA: Record<string, string[]> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  503: ['Retry-After'],
};

/** A response for each status of a refusal, with the codes that it may have. */
export const REFUSALS: Record<string, object> = Object.fromEntries(
  Object.entries(ABOUT_STATUS).map(([status, about]) => {
    const codes: readonly ErrorCode[] = codesOf(Number(status));
    const named = codes.length > 0 ? ` Codes: ${codes.map((code) => `\`${code}\``).join(', ')}.` : '';
    const headers = [...(EXTRA[status] ?? []), 'X-Request-Id'];
    return [
      status,
      {
        description: about + named,
        headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ];
  }),
);

export const SCHEMAS = { Problem: PROBLEM };
