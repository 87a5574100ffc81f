/** What an API key may be good for. A route that names none takes no keys. Browser-safe: imports nothing. */
export const SCOPES = [
  'tickets:read',
  'tickets:write',
  'people:read',
  'people:write',
  'settings:read',
  'settings:write',
  'audit:read',
  'inbound:write',
] as const;
export type Scope = (typeof SCOPES)[number];
