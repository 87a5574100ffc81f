import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** Fields that are never written, wherever they stand. */
const SECRETS = ['password', 'refresh', 'access', 'authorization', 'cookie', 'raw', 'mime', 'body', 'html', 'text'];

/** Characters of a message that is told. */
const LONGEST = 300;

/**
 * Structured log, one JSON object a line, times in UTC. Callers pass ids, sizes and codes; a mail body, address or secret has no
 * place here, and the names that usually hold one are redacted one and two levels deep.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination ?? pino.destination(2),
  );
}

/** Of an error what helps to find it: PostgreSQL puts whole rows into the details, and a mail's words may be in them. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error).slice(0, LONGEST);
  const { name, message, stack = '', cause } = error;
  const code = 'code' in error ? String(error.code) : undefined;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const first = (message.split('\n', 1)[0] ?? '').slice(0, LONGEST);
  const why = cause === undefined ? {} : { cause: describeError(cause) };
  return { type: name, ...(code !== undefined && { code }), message: first, stack: frames.join('\n'), ...why };
}

export const silent: Log = pino({ level: 'silent' });
