import { openDesk, type Desk, type Environment } from '../app.ts';
import type { Config } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { Log } from '../log.ts';
import { openLocalDesk, type Stop } from './local-desk.ts';

/** A desk for a command that runs beside web and worker, in either mode. It sends nothing and takes no jobs. */
export async function openTool(
  config: Config,
  log: Log,
  environment: Environment = 'apply',
): Promise<{ desk: Desk; stop: Stop }> {
  if (config.mode === 'local') return openLocalDesk(config, log, environment);
  const { databaseUrl, secretKeys, publicUrl } = config;
  if (!databaseUrl || !secretKeys || !publicUrl) throw new UsageError('The configuration is incomplete.');
  const desk = await openDesk({ config, databaseUrl, secretKeys, publicUrl, log, environment, transport: null });
  return { desk, stop: () => desk.close() };
}
