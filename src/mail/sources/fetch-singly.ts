import type { Fetched, Source } from './source.ts';
import { SourceUnavailable } from './unavailable.ts';

/** Messages of a source that gives them one by one. A stream must be read to its end before the next is asked for. */
export async function* fetchSingly(source: Pick<Source, 'fetch'>, keys: readonly string[]): AsyncGenerator<Fetched> {
  for (const key of keys) yield { key, ...(await fetchOne(source, key)) };
}

async function fetchOne(source: Pick<Source, 'fetch'>, key: string) {
  try {
    const raw = await source.fetch(key);
    return raw ? { raw, receivedAt: null } : { gone: 'the source does not have it any more' };
  } catch (error) {
    if (error instanceof SourceUnavailable) throw error;
    return { failure: error };
  }
}
