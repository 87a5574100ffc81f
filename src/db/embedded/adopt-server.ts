import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectOurs, type Cluster, type Server } from './cluster-server.ts';
import { readPostmaster, servesFolder, stopPostmaster } from './postmaster.ts';

/**
 * Takes over a server that a killed process left behind, when it is ours (it knows our password and serves our folder)
 * and as we would start it; stops it when it is not. Null when none is running, with a stale postmaster.pid removed.
 */
export async function adoptServer(cluster: Cluster): Promise<Server | null> {
  const { data } = cluster;
  const end = performance.now() + 30_000;
  for (;;) {
    const left = await readPostmaster(data);
    if (left === null) return null;
    if (!servesFolder(left.pid, data)) {
      await rm(join(data, 'postmaster.pid'), { force: true });
      return null;
    }
    const admin = left.port === null ? null : await connectOurs(left.port, cluster);
    if (admin === 'foreign' || performance.now() > end) {
      await stopPostmaster(left.pid, data, { ...cluster, patience: 15_000 });
    } else if (admin !== null && left.port !== null) {
      return { pid: left.pid, port: left.port, admin };
    }
    await pause(20);
  }
}
