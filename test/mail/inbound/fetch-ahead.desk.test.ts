import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchMessages } from '../../../src/mail/inbound/fetch-messages.ts';
import { pollMailbox } from '../../../src/mail/inbound/poll-mailbox.ts';
import { Mailbox } from '../../../src/mail/mailbox.ts';
import type { Fetched, Source } from '../../../src/mail/sources/source.ts';
import { silent } from '../../../src/log.ts';
import { useDesk } from '../../support/desk.ts';

const desk = useDesk();

/** A source that gives messages of so many bytes as fast as they are taken, and what it had given each time beyond what the disk had. */
function eager(count: number, bytes: number): { source: Source; ahead: number[] } {
  const blobs = join(desk().config.dataDir, 'blobs');
  const kept = () =>
    readdirSync(blobs, { recursive: true }).filter((name) => /[0-9a-f]{64}$/.test(String(name))).length;
  const ahead: number[] = [];
  const before = kept();
  const source: Source = {
    list: () => Promise.resolve({ keys: Array.from({ length: count }, (_, n) => `eager:${bytes}:${n}`), cursor: {} }),
    async *fetchMany(keys): AsyncGenerator<Fetched> {
      for (const [given, key] of keys.entries()) {
        ahead.push(given - (kept() - before));
        yield { key, raw: randomBytes(bytes), receivedAt: null };
      }
    },
    fetch: () => Promise.resolve(null),
    acknowledge: () => Promise.resolve(),
  };
  return { source, ahead };
}

test.each([
  ['bytes', { count: 40, bytes: 1024 * 1024, most: 8, least: 4 }],
  ['number', { count: 180, bytes: 100, most: 100, least: 20 }],
])(
  'a source is read on while the disk writes, but no more than fits into memory: by %s',
  async (_, { count, bytes, most, least }) => {
    const { transaction, config, blobs } = desk();
    const box = await transaction((tx) => tx.em.findOneOrFail(Mailbox, { source: 'smtp' }));
    const { source, ahead } = eager(count, bytes);
    const { state } = await pollMailbox(transaction, box, source);
    await fetchMessages({ transaction, blobs, maxMessageBytes: config.maxMessageBytes, log: silent }, state, source);
    expect(Math.max(...ahead)).toBeLessThanOrEqual(most);
    expect(Math.max(...ahead)).toBeGreaterThanOrEqual(least);
    const rows = await transaction((tx) =>
      tx.em.execute(
        `select 1 from inbound_message i join inbound_key k on k.inbound_message_id = i.id
                      where k.source_key like ? and i.state = 'fetched'`,
        [`eager:${bytes}:%`],
      ),
    );
    expect(rows).toHaveLength(count);
  },
);
