import { join } from 'node:path';
import type { Desk } from '../app.ts';
import type { Config } from '../config.ts';
import { secretsOf } from '../config/secret-values.ts';
import { embeddedUrls } from '../db/embedded.ts';
import { UsageError } from '../errors.ts';
import type { Log } from '../log.ts';
import { normalizeAddress } from '../mail/addresses.ts';
import { dropsOf, secretsIn } from '../mail/doctor/mailbox-tools.ts';
import { examineMailbox } from '../mail/doctor/examine-mailbox.ts';
import { sendProbe } from '../mail/doctor/send-probe.ts';
import { Mailbox } from '../mail/mailbox.ts';
import { ok, type Finding } from '../mail/sources/finding.ts';
import type { SmtpServer } from '../mail/transports/smtp-connection.ts';
import { examineSmtp } from '../mail/transports/smtp-examine.ts';
import { readSmtpUrl, smtpTransport } from '../mail/transports/smtp-transport.ts';
import { judgeDatabase, judgeFolder } from './examine-host.ts';
import { openTool } from './open-tool.ts';
import { presentFindings, type Examined } from './present-findings.ts';

export interface DoctorOptions {
  /** Address of the one mailbox that is asked about; null: all. */
  mailbox: string | null;
  /** Send a mail round. */
  probe: boolean;
  /** Milliseconds that a probe may take. */
  patience: number;
  json: boolean;
}

/**
 * Looks at everything that mail depends on and says what to do where it is not right. The environment is looked at as if it had been applied;
 * nothing is changed. Gives the exit code: 1 when something fails.
 */
export async function doctor(
  config: Config,
  log: Log,
  options: DoctorOptions,
  print: (text: string) => void,
): Promise<number> {
  const secrets = secretsOf(config);
  const host = [await judgeFolder(config)];
  if (config.databaseUrl) host.push(await judgeDatabase(config.databaseUrl));
  const groups: Examined[] = [{ subject: 'desk', findings: host }];
  const fails = (findings: readonly Finding[]) => findings.some(({ level }) => level === 'fail');
  // Without folder and database there is no desk that could be asked for its mailboxes.
  const tool = fails(host) ? null : await openTool(config, log, 'preview');
  try {
    if (tool && config.mode === 'local') host.push(...(await judgeLocalDatabase(config)));
    host.push(...(await examineOutbound(config)));
    if (tool) groups.push(...(await examineMailboxes(tool.desk, config, options, secrets)));
  } finally {
    await tool?.stop();
  }
  print(presentFindings(groups, secrets, options.json));
  return groups.some(({ findings }) => fails(findings)) ? 1 : 0;
}

async function judgeLocalDatabase({ dataDir }: Config): Promise<Finding[]> {
  const urls = await embeddedUrls(join(dataDir, 'postgres'));
  return urls ? [await judgeDatabase(urls.appUrl)] : [];
}

async function examineOutbound({ smtpUrl }: Config): Promise<Finding[]> {
  if (smtpUrl) return examineSmtp(readSmtpUrl(smtpUrl));
  return [ok('outbound server', 'local mode: what the desk sends is caught and shown on the page Local mail')];
}

/** Adds the secrets of each mailbox to those that must not be printed. */
async function examineMailboxes(
  desk: Desk,
  config: Config,
  options: DoctorOptions,
  secrets: string[],
): Promise<Examined[]> {
  const groups: Examined[] = [];
  for (const mailbox of await mailboxesOf(desk, options.mailbox)) {
    secrets.push(...secretsIn(mailbox, desk.secrets.sealing));
    const deps = { sourceOf: desk.watch.sourceOf, drops: dropsOf(config), now: new Date() };
    const findings = await examineMailbox(mailbox, deps);
    if (options.probe && mailbox.enabled) findings.push(...(await probe(desk, config, mailbox, options.patience)));
    groups.push({ subject: `${mailbox.address} (${mailbox.source})`, findings });
  }
  return groups;
}

/** Those of the database, with the one that the environment describes as it describes it. */
export async function mailboxesOf(desk: Desk, only: string | null): Promise<Mailbox[]> {
  const stored = await desk.transaction((tx) => tx.em.find(Mailbox, {}, { orderBy: { id: 'asc' } }));
  const all = [desk.mailbox, ...stored.filter(({ address }) => address !== desk.mailbox.address)];
  const asked = only === null ? all : all.filter(({ address }) => address === normalizeAddress(only));
  if (asked.length === 0)
    throw new UsageError(
      `There is no mailbox ${only ?? ''}; there are ${all.map(({ address }) => address).join(', ')}.`,
    );
  return asked;
}

/** In local mode nothing leaves the machine: the probe is handed to the desk's own drop. */
async function probe(desk: Desk, config: Config, mailbox: Mailbox, patience: number): Promise<Finding[]> {
  const drop: SmtpServer = { host: config.smtpDropHost, port: config.smtpDropPort ?? 0, secure: false, auth: null };
  const transport = smtpTransport(config.smtpUrl ? readSmtpUrl(config.smtpUrl) : drop);
  try {
    const { transaction, secrets } = desk;
    return await sendProbe(mailbox, { transaction, transport, patience, keyring: secrets.replyTokens });
  } finally {
    await transport.close();
  }
}
