import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** Fields that are never written, wherever they stand. */
const SECRETS = ['password', 'refresh', 'access', 'authorization', 'cookie', 'raw', 'mime', 'body', 'html', 'text'];

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
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination ?? pino.destination(2),
  );
}

export const silent: Log = pino({ level: 'silent' });
