/** Scopes of Google's that the desk may hold. */
export const SCOPES = {
  modify: 'https://www.googleapis.com/auth/gmail.modify',
  readonly: 'https://www.googleapis.com/auth/gmail.readonly',
  send: 'https://www.googleapis.com/auth/gmail.send',
} as const;

/** How a query parameter must look. `many`: may be repeated. */
interface Parameter {
  name: string;
  is: RegExp;
  many?: true;
}

/** One operation of the Gmail API v1 as its discovery document has it, with the price of reliability.md §0.2. */
export interface Rule {
  name: string;
  method: 'GET' | 'POST';
  /** Below /gmail/v1/users/{userId}; `:id` is a path parameter. */
  path: string;
  /** Below /upload/gmail/v1/users/{userId} (uploadType=media): the body is a message as it is, of at most so many bytes. */
  upload?: number;
  query: readonly Parameter[];
  required?: readonly string[];
  /** Fields of the JSON body that exist; undefined: no body. */
  body?: readonly string[];
  /** Any one of them is enough. */
  scopes: readonly string[];
  /** quota units */
  units: number;
}

const READ = [SCOPES.modify, SCOPES.readonly];
const CHANGE = [SCOPES.modify];
const number = /^\d+$/;
const page: Parameter[] = [
  { name: 'maxResults', is: /^[1-9]\d{0,2}$/ },
  { name: 'pageToken', is: /^.+$/ },
];

/** There is no batch endpoint: Google counts a batch of n requests as n, so the desk sends none (ARCHITECTURE.md). */
// prettier-ignore
export const RULES: readonly Rule[] = [
  { name: 'getProfile', method: 'GET', path: '/profile', query: [], scopes: READ, units: 1 },
  { name: 'history.list', method: 'GET', path: '/history', query: [
    { name: 'startHistoryId', is: number }, { name: 'labelId', is: /^\w+$/ },
    { name: 'historyTypes', is: /^(messageAdded|messageDeleted|labelAdded|labelRemoved)$/, many: true }, ...page,
  ], required: ['startHistoryId'], scopes: READ, units: 2 },
  { name: 'messages.list', method: 'GET', path: '/messages', query: [
    { name: 'labelIds', is: /^\w+$/, many: true }, { name: 'q', is: /^(newer_than:\d+d|to:\S+ after:\d+)?$/ }, { name: 'includeSpamTrash', is: /^(true|false)$/ }, ...page,
  ], scopes: READ, units: 5 },
  { name: 'messages.get', method: 'GET', path: '/messages/:id', query: [
    { name: 'format', is: /^(minimal|full|raw|metadata)$/ }, { name: 'metadataHeaders', is: /^[\w-]+$/, many: true },
  ], scopes: READ, units: 20 },
  { name: 'messages.batchModify', method: 'POST', path: '/messages/batchModify', query: [], body: ['ids', 'addLabelIds', 'removeLabelIds'], scopes: CHANGE, units: 50 },
  { name: 'labels.list', method: 'GET', path: '/labels', query: [], scopes: READ, units: 1 },
  { name: 'labels.create', method: 'POST', path: '/labels', query: [], body: ['name', 'labelListVisibility', 'messageListVisibility'], scopes: CHANGE, units: 5 },
  { name: 'messages.send', method: 'POST', path: '/messages/send', upload: 36_700_160, query: [{ name: 'uploadType', is: /^media$/ }], required: ['uploadType'], scopes: [...CHANGE, SCOPES.send], units: 100 },
  { name: 'watch', method: 'POST', path: '/watch', query: [], body: ['topicName', 'labelIds', 'labelFilterBehavior'], scopes: READ, units: 100 },
];

/** Parameters that every operation of Google's APIs takes. */
const STANDARD = new Set(['alt', 'fields', 'key', 'prettyPrint', 'quotaUser']);

/** A request that the table has an operation for, with its parameters. */
export interface Matched {
  rule: Rule;
  user: string;
  id: string;
  query: URLSearchParams;
}

/** The operation a request names, or null: no such path. */
export function match(method: string, url: URL): Matched | null {
  const [, upload, user = '', rest = ''] = /^(\/upload)?\/gmail\/v1\/users\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
  const same = (rule: Rule) => {
    if (rule.method !== method || (rule.upload !== undefined) !== (upload !== undefined)) return null;
    const found = new RegExp(`^${rule.path.replace(':id', '([^/]+)')}$`).exec(rest);
    return found && { rule, user: decodeURIComponent(user), id: found[1] ?? '', query: url.searchParams };
  };
  return RULES.map(same).find((found) => found !== null) ?? null;
}

/** What is wrong with the parameters of a request; null: nothing. Google answers 400 `invalidArgument`. */
export function complaint({ rule, query }: Matched, body: unknown): string | null {
  const known = new Map(rule.query.map((parameter) => [parameter.name, parameter]));
  for (const name of new Set(query.keys())) {
    if (STANDARD.has(name)) continue;
    const parameter = known.get(name);
    if (!parameter) return `Unknown name "${name}": Cannot bind query parameter`;
    const values = query.getAll(name);
    if (values.length > 1 && !parameter.many) return `Repeated parameter ${name}`;
    if (!values.every((value) => parameter.is.test(value))) return `Invalid value at '${name}'`;
  }
  const missing = (rule.required ?? []).find((name) => !query.has(name));
  if (missing) return `Missing required parameter: ${missing}`;
  if (rule.upload !== undefined) return null;
  if (!rule.body) return body === null ? null : 'This operation takes no body';
  if (typeof body !== 'object' || body === null) return 'A JSON object is needed';
  const strange = Object.keys(body).find((name) => !rule.body?.includes(name));
  return strange ? `Unknown name "${strange}": Cannot find field` : null;
}
