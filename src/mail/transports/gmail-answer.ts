/** What the library throws, as far as it is looked at here. */
interface Thrown {
  status?: unknown;
  code?: unknown;
  cause?: unknown;
  response?: { status?: unknown };
}

/** The status that Google answered with; null: it did not answer. */
export function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  const { response, status } = error as Thrown;
  const found = response?.status ?? status;
  return typeof found === 'number' && found > 0 ? found : null;
}

/** Nobody was reached at all, so nothing was said to anybody. */
const UNREACHED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether a request failed before there was a connection. */
export function neverConnected(error: unknown): boolean {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = (at as Thrown).cause)
    if (UNREACHED.has(String((at as Thrown).code))) return true;
  return false;
}
