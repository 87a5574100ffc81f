import type { Config } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { Log } from '../log.ts';
import { presentRehearsal, rehearseMailbox } from '../mail/doctor/rehearse-mailbox.ts';
import { POLLED } from '../mail/mailbox.ts';
import { SourceUnavailable } from '../mail/sources/unavailable.ts';
import { mailboxesOf } from './doctor.ts';
import { openTool } from './open-tool.ts';

/** Says what reading a mailbox would make of its mail, changing nothing. Gives the exit code: 1 when the mailbox cannot be read. */
export async function rehearseImport(
  config: Config,
  log: Log,
  address: string,
  print: (line: string) => void,
): Promise<number> {
  const { desk, stop } = await openTool(config, log, 'preview');
  try {
    const [mailbox] = await mailboxesOf(desk, address);
    if (!mailbox || !POLLED.some((kind) => kind === mailbox.source))
      throw new UsageError(`${address} is handed its mail: there is nothing to be read beforehand.`);
    const { transaction, secrets, watch } = desk;
    const { maxMessageBytes, dnsServers } = config;
    const deps = {
      transaction,
      replyTokens: secrets.replyTokens,
      sourceOf: watch.sourceOf,
      maxMessageBytes,
      dnsServers,
      log,
    };
    print(presentRehearsal(mailbox, await rehearseMailbox(mailbox, deps)));
    return 0;
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    print(`The mailbox cannot be read: ${error.message}. See smartsupport doctor.`);
    return 1;
  } finally {
    await stop();
  }
}
