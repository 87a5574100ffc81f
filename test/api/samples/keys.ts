import { makeKey } from '../../../src/people/key-format.ts';
import type { Sample, World } from '../samples.ts';

const DAY = 24 * 3600_000;

async function keyOf({ desk }: World, employeeId: number): Promise<{ params: { id: number } }> {
  const { prefix, hash } = makeKey();
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into api_key (employee_id, name, prefix, key_hash, scopes, created_at, expires_at)
       values (?, 'Sample', ?, ?, '{tickets:read}', ?, ?) returning id`,
      [employeeId, prefix, hash, tx.now, new Date(tx.now.getTime() + DAY)],
    ),
  );
  return { params: { id: Number(row?.id) } };
}

export const keySamples = {
  listApiKeys: { own: () => ({}) },
  createApiKey: {
    own: () => ({
      body: { name: 'Sample', scopes: ['tickets:read'], expires_at: new Date(Date.now() + DAY).toISOString() },
    }),
  },
  revokeApiKey: {
    own: (world, me) => keyOf(world, me.id),
    foreign: (world) => keyOf(world, world.other.id),
    reach: ['admin'],
  },
} satisfies Record<string, Sample>;
